#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace aimc {

/// Complaints as a message can hold them: the first `most`, then "and N more" where there are more, with `between`
/// in between.
[[nodiscard]] std::string first_few(const std::vector<std::string>& complaints, const std::string& between = "\n  ",
                                    std::size_t most = 8);

}  // namespace aimc
