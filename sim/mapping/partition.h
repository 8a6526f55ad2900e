#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace aimc::sim {

/// Cuts a row of items into at most `parts` contiguous parts whose largest sum is as small as possible; every part
/// gets at least one item while there are enough. Returns the first item of each part. No item is cut.
[[nodiscard]] std::vector<std::size_t> balanced_parts(std::span<const std::int64_t> sizes, std::size_t parts);

/// Smallest number of contiguous parts with sums of at most `limit`; every size <= limit.
[[nodiscard]] std::size_t parts_needed(std::span<const std::int64_t> sizes, std::int64_t limit);

}  // namespace aimc::sim
