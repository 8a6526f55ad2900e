#include "sim/mapping/partition.h"

#include <algorithm>
#include <numeric>

namespace aimc::sim {

std::size_t parts_needed(std::span<const std::int64_t> sizes, std::int64_t limit) {
  std::size_t parts = 1;
  std::int64_t sum = 0;
  for (const std::int64_t size : sizes) {
    if (sum + size > limit) {
      ++parts;
      sum = 0;
    }
    sum += size;
  }
  return parts;
}

std::vector<std::size_t> balanced_parts(std::span<const std::int64_t> sizes, std::size_t parts) {
  parts = std::min(parts, sizes.size());
  if (parts == 0) return {};
  std::int64_t low = *std::ranges::max_element(sizes);
  std::int64_t high = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (parts_needed(sizes, middle) <= parts) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  std::vector<std::size_t> begins{0};
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::size_t items_left = sizes.size() - i, parts_left = parts - begins.size();
    // A part ends where it would grow too large, or where every item left is needed to begin a part of its own.
    if (i > begins.back() && (sum + sizes[i] > low || items_left == parts_left)) {
      begins.push_back(i);
      sum = 0;
    }
    sum += sizes[i];
  }
  return begins;
}

}  // namespace aimc::sim
