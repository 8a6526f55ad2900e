#include "base/parallel/parallel.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>

#include "base/check/check.h"
#include "base/parallel/interrupt.h"

namespace aimc {
namespace {

std::atomic<int> requested_threads{0};

/// Keeps the exception of the lowest index, so that the error shown does not depend on the threads.
class FirstFailure {
 public:
  void note(std::int64_t index, const std::exception_ptr& error) {
    const std::scoped_lock lock(mutex_);
    if (index >= lowest_.load()) return;
    lowest_.store(index);
    error_ = error;
  }
  [[nodiscard]] bool skips(std::int64_t index) const { return index > lowest_.load(std::memory_order_relaxed); }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::int64_t> lowest_{std::numeric_limits<std::int64_t>::max()};
  std::exception_ptr error_;
};

}  // namespace

void set_thread_count(int threads) {
  AIMC_CHECK(threads >= 0, "{} threads", threads);
  requested_threads.store(threads);
}

int thread_count() {
  const int threads = requested_threads.load();
  return threads > 0 ? threads : std::max(1, omp_get_num_procs());
}

void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& body, OnInterrupt on_interrupt) {
  const bool stops = on_interrupt == OnInterrupt::stop;
  const auto threads = static_cast<int>(std::min<std::int64_t>(thread_count(), count));
  if (threads <= 1 || omp_in_parallel() != 0) {
    for (std::int64_t i = 0; i < count; ++i) {
      if (stops) throw_if_interrupted();
      body(i);
    }
    return;
  }
  FirstFailure failure;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::int64_t i = 0; i < count; ++i) {
    if ((stops && interrupt_requested()) || failure.skips(i)) continue;
    try {
      body(i);
    } catch (...) {
      failure.note(i, std::current_exception());
    }
  }
  failure.rethrow();
  if (stops) throw_if_interrupted();
}

}  // namespace aimc
