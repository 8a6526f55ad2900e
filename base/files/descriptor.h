#pragma once
#include <unistd.h>

#include <string>
#include <system_error>

namespace aimc::files {

/// Closes a POSIX file descriptor when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (ok()) ::close(number_);
  }
  [[nodiscard]] bool ok() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// "No space left on device" and its like.
inline std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace aimc::files
