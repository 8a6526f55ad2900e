#include <algorithm>
#include <map>
#include <vector>

#include "base/check/check.h"
#include "sim/program/validate.h"

namespace aimc::sim {
namespace {

/// A partial sum: which row tiles of one column tile are in it.
struct PartialSum {
  std::uint32_t column_tile = 0;
  std::vector<std::uint32_t> row_tiles;  ///< sorted
};

/// Follows the partial sums of every linear from its arrays to where they are complete.
class ReductionCheck {
 public:
  explicit ReductionCheck(const Program& program) : program_(program) {}

  void add(const Step& step) {
    if (step.kind == StepKind::mvm) {
      const Shard& shard = program_.shards[step.shard];
      sums_[step.id] = {shard.column_tile, {shard.row_tile}};
    } else if (step.kind == StepKind::accumulate) {
      meet(step);
    } else {
      for (const StepInput& input : step.inputs) check_complete(step, program_.steps[input.from]);
    }
  }

 private:
  /// What meets are sums of the same columns and of different row tiles, in the tile of one of them.
  void meet(const Step& step) {
    const Shard& place = program_.shards[step.shard];
    AIMC_CHECK(place.linear == step.node && place.tile == step.unit && place.replica == 0,
               "step {} does not run where shard {} lies", step.id, step.shard);
    AIMC_CHECK(step.inner == std::ssize(step.inputs) && step.inner >= 2, "step {} adds {} of {} partial sums", step.id,
               step.inputs.size(), step.inner);
    PartialSum& sum = sums_[step.id];
    sum.column_tile = place.column_tile;
    for (const StepInput& input : step.inputs) {
      const Step& from = program_.steps[input.from];
      const auto part = sums_.find(input.from);
      AIMC_CHECK(part != sums_.end() && from.node == step.node, "step {} adds what is no partial sum", step.id);
      AIMC_CHECK(part->second.column_tile == sum.column_tile && place.columns == step.elements &&
                     from.elements == step.elements && input.elements == step.elements,
                 "step {} adds partial sums of different columns", step.id);
      sum.row_tiles.insert(sum.row_tiles.end(), part->second.row_tiles.begin(), part->second.row_tiles.end());
    }
    std::ranges::sort(sum.row_tiles);
    AIMC_CHECK(std::ranges::adjacent_find(sum.row_tiles) == sum.row_tiles.end(), "step {} adds a row tile twice",
               step.id);
    AIMC_CHECK(std::ranges::binary_search(sum.row_tiles, place.row_tile),
               "step {} adds in the tile of a row tile that it does not get", step.id);
    for (const StepInput& input : step.inputs) sums_.erase(input.from);
  }

  void check_complete(const Step& step, const Step& from) const {
    if (from.kind != StepKind::mvm && from.kind != StepKind::accumulate) return;
    const auto sum = sums_.find(from.id);
    const bool looked_up = program_.embedding && program_.embedding->linear == from.node;
    const std::size_t row_tiles = looked_up ? 1 : program_.placement(from.node).row_tiles.size();
    AIMC_CHECK(sum != sums_.end() && sum->second.row_tiles.size() == row_tiles,
               "step {} reads step {}, a sum that lacks some of {} row tiles or went elsewhere", step.id, from.id,
               row_tiles);
  }

  const Program& program_;
  std::map<StepId, PartialSum> sums_;  ///< not added to another yet
};

}  // namespace

void validate_reductions(const Program& program) {
  ReductionCheck check(program);
  for (const Step& step : program.steps) check.add(step);
}

}  // namespace aimc::sim
