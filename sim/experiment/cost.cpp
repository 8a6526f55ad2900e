#include "sim/experiment/cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/check/check.h"
#include "sim/experiment/deployment_name.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

double busy_share_of_used_tiles(const TimingResult& timing) {
  double busy = 0, used = 0;
  for (const auto& activity : timing.activity) {
    if (activity.component != Component::crossbar_tile) continue;
    busy += activity.busy.seconds();
    used += static_cast<double>(activity.used);
  }
  return used == 0 ? 0 : busy / (used * timing.elapsed.seconds());
}

// The stages must explain the whole span: nothing of the latency is left without a name.
void check_invariants(const CostResult& cost) {
  const TimingResult& timing = cost.timing;
  AIMC_CHECK(timing.first_token.total() == timing.time_to_first_token(), "stages {} ps, span {} ps",
             timing.first_token.total().picoseconds(), timing.time_to_first_token().picoseconds());
  const Time decoding = timing.token_times.back() - timing.token_times.front();
  AIMC_CHECK(timing.decode.total() == decoding, "stages {} ps, span {} ps", timing.decode.total().picoseconds(),
             decoding.picoseconds());
  AIMC_CHECK(timing.bytes_sent == timing.bytes_received, "sent {}, received {}", timing.bytes_sent,
             timing.bytes_received);
  AIMC_CHECK(cost.tile_utilisation >= 0 && cost.tile_utilisation <= 1, "utilisation {}", cost.tile_utilisation);
}

}  // namespace

std::vector<ComponentTime> component_times(const TimingResult& timing) {
  std::map<Component, ComponentTime> sums;
  for (const auto& activity : timing.activity) {
    ComponentTime& sum = sums[activity.component];
    sum.component = activity.component;
    sum.units += activity.units;
    sum.busy += activity.busy;
    sum.wakes += activity.wakes;
  }
  std::vector<ComponentTime> times;
  for (const auto& [component, sum] : sums) times.push_back(sum);
  return times;
}

MappingSummary summarise_mapping(const Program& program) {
  MappingSummary summary;
  std::set<UnitAddress> tiles;
  std::int64_t cells = 0, weights = 0, outputs = 0;
  const auto& tile = program.hardware.tile;
  for (const auto& shard : program.shards) {
    tiles.insert(shard.tile);
    cells += tile.rows * tile.columns;
    weights += shard.rows * shard.columns;
    if (shard.replica > 0) continue;  // a token takes one copy
    summary.conversions_per_token += mvm_actions(tile, shard.rows, shard.columns).adc_conversions;
    if (shard.row_tile == 0) outputs += shard.columns;
  }
  for (const auto& placement : program.linears)
    if (placement.unit == LinearUnit::analog && placement.row_tiles.size() > 1) ++summary.split_linears;
  summary.tiles_used = static_cast<std::int64_t>(tiles.size());
  summary.arrays_used = static_cast<std::int64_t>(program.shards.size());
  summary.chips = program.chips;
  summary.tiles_there = summary.chips * program.hardware.chip.tiles;
  summary.weights_per_cell = cells == 0 ? 0 : static_cast<double>(weights) / static_cast<double>(cells);
  summary.conversions_per_output =
      outputs == 0 ? 0 : static_cast<double>(summary.conversions_per_token) / static_cast<double>(outputs);
  return summary;
}

void add_repeated(const ExperimentSpec& spec, const Program& program, const Counts& repeated, CostResult& cost) {
  if (repeated.entries().empty()) return;
  cost.timing.counts.merge(repeated);
  cost.energy = price(cost.timing.counts, component_times(cost.timing), cost.timing.elapsed, program, spec.energy,
                      spec.provenance);
}

KvDemand kv_demand(const InferenceWorkload& workload) {
  KvDemand demand;
  demand.sequences = std::ssize(workload.requests);
  if (workload.max_in_flight > 0) demand.sequences = std::min(demand.sequences, workload.max_in_flight);
  for (const Request& request : workload.requests)
    demand.longest = std::max(demand.longest, request.context_tokens + request.prompt_tokens + request.new_tokens - 1);
  return demand;
}

CostResult simulate_cost(const ExperimentSpec& spec, const DeploymentSpec& deployment, const Program& program,
                         const InferenceWorkload& workload, const TimingOptions& options) {
  CostResult cost;
  cost.deployment = deployment_name(deployment, spec.hardware);
  cost.workload = workload;
  if (!program.physical()) {
    cost.not_simulated =
        fmt::format("'{}' computes linears in floating point: no hardware does that here", cost.deployment);
    return cost;
  }
  cost.mapping = summarise_mapping(program);
  check_kv_caches_fit(program, kv_demand(workload));
  cost.timing = simulate_timing(program, workload, options);
  cost.energy = price(cost.timing.counts, component_times(cost.timing), cost.timing.elapsed, program, spec.energy,
                      spec.provenance);
  cost.area = area_of(program, spec.provenance, spec.energy);
  cost.programming = programming_of(program, spec.energy, spec.provenance);
  cost.survey_adc = survey_converter(spec.energy.adc, spec.hardware.tile);
  if (const tiles::TileSpec& tile = spec.hardware.tile; spec.hardware.chip.tiles > 0)
    cost.peak = peak_numbers(spec.hardware, spec.energy,
                             tile_period(tile, tiles::mvm_timing(tile, tile.rows, outputs_per_array(tile))));
  cost.tile_utilisation = busy_share_of_used_tiles(cost.timing);
  check_invariants(cost);
  return cost;
}

}  // namespace aimc::sim
