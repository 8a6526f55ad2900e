#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aimc::config {

/// How many insertions, deletions, substitutions and swaps of neighbours turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name most like `written`, or "" when none is like it (more than a third of its letters differ). The first wins.
[[nodiscard]] std::string nearest(std::string_view written, const std::vector<std::string>& names);

}  // namespace aimc::config
