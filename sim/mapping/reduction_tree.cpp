#include "sim/mapping/reduction_tree.h"

#include <vector>

namespace aimc::sim {

PartialSum reduce(std::span<const PartialSum> sums, interconnect::Reduction reduction, const Adder& add) {
  if (reduction != interconnect::Reduction::adder_tree) return add(sums.front(), sums);
  std::vector<PartialSum> level(sums.begin(), sums.end());
  while (level.size() > 1) {
    std::vector<PartialSum> next;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) next.push_back(add(level[i], std::span(level).subspan(i, 2)));
    if (level.size() % 2 != 0) next.push_back(level.back());
    level = std::move(next);
  }
  return level.front();
}

}  // namespace aimc::sim
