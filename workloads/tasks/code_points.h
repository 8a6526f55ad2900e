#pragma once
#include <cstdint>
#include <string_view>

namespace aimc::workloads {

/// The number of code points of UTF-8 text: the characters of bits per character.
[[nodiscard]] std::int64_t count_code_points(std::string_view text);

}  // namespace aimc::workloads
