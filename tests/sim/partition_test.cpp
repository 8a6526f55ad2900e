#include "sim/mapping/partition.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace aimc::sim {
namespace {

std::int64_t largest_part(const std::vector<std::int64_t>& sizes, const std::vector<std::size_t>& begins) {
  std::int64_t largest = 0;
  for (std::size_t part = 0; part < begins.size(); ++part) {
    const std::size_t end = part + 1 < begins.size() ? begins[part + 1] : sizes.size();
    largest = std::max(largest, std::accumulate(sizes.begin() + static_cast<std::ptrdiff_t>(begins[part]),
                                                sizes.begin() + static_cast<std::ptrdiff_t>(end), std::int64_t{0}));
  }
  return largest;
}

/// Tries all ways to cut.
std::int64_t best_of_all(const std::vector<std::int64_t>& sizes, std::size_t parts) {
  std::int64_t best = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  for (std::uint32_t cuts = 0; cuts < 1U << (sizes.size() - 1); ++cuts) {
    std::vector<std::size_t> begins{0};
    for (std::size_t i = 1; i < sizes.size(); ++i)
      if ((cuts >> (i - 1) & 1U) != 0) begins.push_back(i);
    if (begins.size() <= parts) best = std::min(best, largest_part(sizes, begins));
  }
  return best;
}

TEST(Partition, IsAsBalancedAsTheBestOfAllCuts) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::int64_t> sizes(1 + random() % 9);
    for (auto& size : sizes) size = static_cast<std::int64_t>(random() % 20);
    const std::size_t parts = 1 + random() % 5;
    const std::vector<std::size_t> begins = balanced_parts(sizes, parts);
    EXPECT_EQ(begins.size(), std::min(parts, sizes.size()));
    EXPECT_EQ(largest_part(sizes, begins), best_of_all(sizes, parts));
  }
}

TEST(Partition, EqualItemsAreSpreadEvenly) {
  EXPECT_EQ(balanced_parts(std::vector<std::int64_t>(6, 10), 3), (std::vector<std::size_t>{0, 2, 4}));
  EXPECT_EQ(parts_needed(std::vector<std::int64_t>(6, 10), 25), 3u);
}

}  // namespace
}  // namespace aimc::sim
