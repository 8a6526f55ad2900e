#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace aimc::cli {

/// A line on stderr that shows what is going on; silent when stderr is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void update(const std::string& stage, std::int64_t done, std::int64_t total);
  void clear();

 private:
  bool terminal_;
  bool shown_ = false;
  std::string stage_;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace aimc::cli
