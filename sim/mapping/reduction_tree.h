#pragma once
#include <functional>
#include <span>

#include "interconnect/spec/interconnect_spec.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// A sum of some row tiles of one column tile: the step that makes it, the shard in whose tile it is.
struct PartialSum {
  StepId step = 0;
  ShardId shard = 0;
};

/// Adds `parts` in the tile of `place`, which is one of them, and returns the sum.
using Adder = std::function<PartialSum(const PartialSum& place, std::span<const PartialSum> parts)>;

/// Lets the sums of a column tile's row tiles (at least two, in their order) meet: all in the first tile, in whose
/// adder (first_tile) or on the way to which (in_network) they are added; or pairwise, neighbours first, in the lower
/// tile of each pair (adder_tree: ceil(log2(n)) additions one after the other, hardware.md 6.3).
PartialSum reduce(std::span<const PartialSum> sums, interconnect::Reduction reduction, const Adder& add);

}  // namespace aimc::sim
