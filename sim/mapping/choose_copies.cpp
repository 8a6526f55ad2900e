#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "base/check/error.h"
#include "sim/mapping/cut_linears.h"
#include "sim/mapping/strategies.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

struct Candidate {
  NodeId linear = 0;
  double load = 0;  ///< picoseconds its arrays are busy for each token of the workload, with one copy
  std::int64_t arrays = 0;
  std::uint32_t copies = 1;
  [[nodiscard]] double load_of_copy() const { return load / copies; }
};

std::vector<Candidate> candidates_of(const workloads::Graph& graph, const LayerGroups& groups,
                                     const HardwareSpec& hardware, const UnitChooser& unit_of, double sampled_share) {
  const tiles::TileSpec& tile = hardware.tile;
  std::vector<Candidate> candidates;
  for (const workloads::Node& node : graph.nodes) {
    const auto* linear = std::get_if<workloads::LinearOp>(&node.op);
    if (linear == nullptr || unit_of(node) != LinearUnit::analog) continue;
    const Index rows = tiles::balanced_split(linear->in_features, tile.rows).front();
    const Index columns = tiles::balanced_split(linear->out_features, outputs_per_array(tile)).front();
    const Time period = mvm_timing(tile, rows, columns).period();
    const double tokens = groups.sampled[node.id] ? sampled_share : 1.0;
    candidates.push_back(
        {node.id, tokens * static_cast<double>(period.picoseconds()), arrays_needed(*linear, tile), 1});
  }
  return candidates;
}

/// Copies that no throughput gains from are not made; a budget without any is a mistake, and what the least useful one
/// is can be said: a second copy of every linear that is as slow as the slowest.
void check_gain(const std::vector<Candidate>& candidates, const std::map<NodeId, std::uint32_t>& copies,
                const HardwareSpec& hardware, std::int64_t budget) {
  if (std::ranges::any_of(copies, [](const auto& entry) { return entry.second > 1; })) return;
  double slowest = 0;
  for (const Candidate& candidate : candidates) slowest = std::max(slowest, candidate.load);
  std::int64_t arrays = 0;
  for (const Candidate& candidate : candidates)
    arrays += candidate.load >= slowest * (1 - 1e-12) ? 2 * candidate.arrays : candidate.arrays;
  throw ConfigError(
      fmt::format("mapping.tile_budget: {} tiles make no copy that raises throughput; the linears that limit it need a "
                  "second copy together, which takes {} tiles",
                  budget, (arrays + hardware.tile.arrays - 1) / hardware.tile.arrays));
}

}  // namespace

std::map<NodeId, std::uint32_t> choose_copies(const workloads::Graph& graph, const LayerGroups& groups,
                                              const HardwareSpec& hardware, const UnitChooser& unit_of,
                                              const MappingSpec& spec) {
  if (hardware.tile.tiers > 1)
    throw ConfigError(fmt::format(
        "mapping.strategy: replicate gains nothing with hardware.tile.tiers: {}, where the arrays of a tile "
        "take turns; choose strategy tiers, or tiles with one tier",
        hardware.tile.tiers));
  std::vector<Candidate> candidates = candidates_of(graph, groups, hardware, unit_of, spec.sampled_share);
  std::int64_t arrays = 0;
  for (const Candidate& candidate : candidates) arrays += candidate.arrays;
  if (embedding_in_tiles(graph, unit_of, spec.embedding))
    arrays += arrays_needed(embedding_matrix(graph.nodes.front()), hardware.tile);
  const std::int64_t budget = spec.tile_budget * hardware.tile.arrays;
  if (arrays > budget)
    throw ConfigError(
        fmt::format("mapping.tile_budget: {} tiles hold {} arrays, but one copy of {} takes {}: give at "
                    "least {} tiles",
                    spec.tile_budget, budget, graph.model_name, arrays,
                    (arrays + hardware.tile.arrays - 1) / hardware.tile.arrays));
  const auto slowest = [&] { return std::ranges::max_element(candidates, {}, &Candidate::load_of_copy); };
  while (!candidates.empty()) {
    const auto next = slowest();
    if (next->load == 0 || arrays + next->arrays > budget) break;
    arrays += next->arrays;
    ++next->copies;
  }
  std::map<NodeId, std::uint32_t> copies;
  const double bound = candidates.empty() ? 0 : slowest()->load_of_copy();
  for (const Candidate& candidate : candidates)
    copies[candidate.linear] =
        bound > 0 ? std::max(1U, static_cast<std::uint32_t>(std::ceil(candidate.load / bound * (1 - 1e-12)))) : 1U;
  check_gain(candidates, copies, hardware, spec.tile_budget);
  return copies;
}

}  // namespace aimc::sim
