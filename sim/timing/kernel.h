#pragma once
#include <cstdint>
#include <exception>
#include <functional>

namespace aimc::sim {

/// The SystemC kernel of this process. It elaborates once: claim it before the first module is made (a second claim is
/// an InternalError), run it after the last.
class Kernel {
 public:
  Kernel();
  /// Runs until no event is left; rethrows what a guarded call threw, with its type. With `progress`, a count of things
  /// done: throws an InternalError when a simulated day passes without one more. Throws Interrupted between slices.
  void run(const std::function<std::int64_t()>& progress = {});
  /// Calls work(); an exception stops the kernel and is kept, because crossing the kernel would cost it its type
  /// (E549). After that, work is not called any more.
  template <class Work>
  void guard(Work&& work) noexcept {
    if (failure_) return;
    try {
      work();
    } catch (...) {
      fail(std::current_exception());
    }
  }

 private:
  void fail(std::exception_ptr failure) noexcept;
  std::exception_ptr failure_;
};

}  // namespace aimc::sim
