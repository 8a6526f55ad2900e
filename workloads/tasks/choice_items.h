#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aimc::workloads {

/// One line of a multiple-choice file, as text. The choices continue the context as they stand, with their own space.
struct ChoiceLine {
  std::string id;
  std::string context;
  std::vector<std::string> choices;
  std::int64_t answer = 0;
  std::string where;  ///< "file:line"
};

/// Reads a JSON-lines file: {"id": ..., "context": "...", "choices": ["...", ...], "answer": 0}; other members are left
/// alone, empty lines are skipped, at most `limit` items (0: all). Throws InputError that names file:line and the
/// member.
std::vector<ChoiceLine> read_choice_lines(const std::filesystem::path& path, std::int64_t limit);

}  // namespace aimc::workloads
