#pragma once
#include <string>
#include <vector>

namespace aimc::sim {

/// A title in the first `indent` columns, then the items with commas, in as many lines of at most 79 columns as they
/// take.
[[nodiscard]] std::string item_lines(const std::string& title, std::size_t indent,
                                     const std::vector<std::string>& items);

}  // namespace aimc::sim
