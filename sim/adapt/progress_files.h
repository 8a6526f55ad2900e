#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aimc::adapt {

/// A CSV file that grows by lines and is cut back to a step when a run goes on from there: its first column is the
/// step. Each line is flushed when it is written.
class StepTable {
 public:
  /// Keeps the lines of steps up to `step` of a file that is there; else begins one with the header. Throws
  /// OutputError.
  StepTable(std::filesystem::path file, const std::string& header, std::int64_t step);
  /// One line, or several of one step.
  void add(const std::string& lines);
  /// The step of the last line; -1 without any.
  [[nodiscard]] std::int64_t last_step() const { return last_step_; }

 private:
  std::filesystem::path file_;
  std::int64_t last_step_ = -1;
};

}  // namespace aimc::adapt
