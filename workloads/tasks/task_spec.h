#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace aimc::workloads {

/// What a task file says.
struct TaskSpec {
  std::string name;
  std::filesystem::path text;  ///< stories separated by `separator`; empty: none
  std::string separator = "<|endoftext|>";
  bool drop_first_and_last = false;  ///< they may be cut where the file was cut
  bool ascii_only = false;
  std::int64_t limit = 0;         ///< at most so many texts; 0: all
  std::filesystem::path choices;  ///< JSON lines with context, choices, answer; empty: none
  std::int64_t choice_limit = 0;
};

}  // namespace aimc::workloads
