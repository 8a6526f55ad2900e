#include "sim/experiment/mvm/layer_cost.h"

#include <algorithm>

#include "base/check/check.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/counts_check.h"
#include "sim/timing/timing.h"

namespace aimc::sim {
namespace {

constexpr NodeId layer = 1, outputs = 2;          // of the one-layer graph
constexpr std::int64_t most_step_runs = 200'000;  // under a second of wall time
constexpr std::int64_t fewest_tokens = 16;        // enough to see the period

/// Vectors that are worth simulating; the pipeline is in its steady state long before the last of them.
Index timed_tokens(const Program& program, Index tokens) {
  return std::min<Index>(tokens, std::max(fewest_tokens, most_step_runs / std::ssize(program.steps)));
}

/// When the first vector's encoding began, and when each vector's outputs were complete.
struct Moments {
  Time begin;
  std::vector<Time> done;  ///< [tokens], in order of completion
};

Moments moments_of(const Program& program, const TimingResult& timing) {
  Moments moments;
  bool begun = false;
  for (const BusyInterval& interval : timing.intervals) {
    const Step& step = program.steps[interval.step];
    if (step.node == layer && (!begun || interval.begin < moments.begin)) {
      moments.begin = interval.begin;
      begun = true;
    }
    if (step.node == outputs) moments.done.push_back(interval.end);
  }
  std::ranges::sort(moments.done);
  return moments;
}

/// Pace of the arrays: a tile works for one array of its tiers at a time.
Time pace(const Program& program) {
  std::map<UnitAddress, Time> of_tile;
  Time slowest;
  for (const Shard& shard : program.shards) {
    Time& sum = of_tile[shard.tile];
    sum += mvm_timing(program.hardware.tile, shard.rows, shard.columns).period();
    slowest = std::max(slowest, sum);
  }
  return slowest;
}

void fill_times(const Program& program, const TimingResult& timing, Index tokens, LayerCost& cost) {
  const Moments moments = moments_of(program, timing);
  const auto timed = std::ssize(moments.done);
  AIMC_CHECK(timed == cost.timed_tokens, "{} of {} vectors came through", timed, cost.timed_tokens);
  if (timed > 1) {
    const std::int64_t span = (moments.done.back() - moments.done.front()).picoseconds();
    cost.period = Time((span + timed - 2) / (timed - 1));  // up, so that no unit is busier than the time there is
  }
  cost.first = moments.done.front() - moments.begin;
  cost.elapsed = moments.done.back() - moments.begin + cost.period * (tokens - timed);
  cost.busiest_link = timing.busiest_link;
}

/// The linear's own counts, for `tokens` vectors: every vector counts the same.
Counts layer_counts(const Counts& counts, Index timed, Index tokens) {
  Counts scaled;
  for (const auto& [key, times] : counts.entries()) {
    if (key.operator_id != layer) continue;
    AIMC_CHECK(times % timed == 0, "{} {} for {} equal vectors", times, name(key.action), timed);
    scaled.add(key, times / timed * tokens);
  }
  return scaled;
}

/// Holds the counts of both executors against each other; what bound management repeated comes back.
Counts compare_counts_of(const Program& program, const tiles::LinearCounts& functional, const Counts& timing) {
  Counts counts;
  const auto add = [&](Action action, std::int64_t times) { counts.add({action, layer, Phase::prefill, 0}, times); };
  add(Action::mvm, functional.mvms);
  add(Action::dac_conversion, functional.dac_conversions);
  add(Action::cell_read, functional.cell_reads);
  add(Action::adc_conversion, functional.adc_conversions);
  add(Action::affine, functional.affine);
  add(Action::accumulate, functional.accumulate);
  add(Action::retry, functional.retries);
  return compare_executors(program, counts, timing).repeated;
}

/// Busy times of the whole batch from those of the simulated vectors.
std::vector<ComponentTime> batch_times(const TimingResult& timing, Index timed, Index tokens) {
  std::vector<ComponentTime> times = component_times(timing);
  for (ComponentTime& time : times) {
    time.busy = Time(time.busy.picoseconds() / timed * tokens);
    time.wakes = time.wakes / timed * tokens;
  }
  return times;
}

void fill_energy(const Program& program, const LoadedHardware& hardware, const TimingResult& timing,
                 const Counts& counts, LayerCost& cost) {
  const auto tokens = static_cast<Index>(cost.tokens);
  const Time elapsed = timing.elapsed + cost.period * (tokens - cost.timed_tokens) + cost.retries;
  const EnergyReport energy = price(counts, batch_times(timing, cost.timed_tokens, tokens), elapsed, program,
                                    hardware.energy, hardware.provenance);
  const auto policy = static_cast<std::size_t>(hardware.spec.idle_policy);
  cost.by_action = energy.by_action;
  cost.by_component = energy.dynamic_by_component;
  cost.dynamic = energy.dynamic;
  cost.standing = energy.static_energy[policy] + energy.regulator_loss[policy];
  cost.by_kind = energy.by_kind[policy];
}

}  // namespace

LayerCost simulate_layer(const Program& program, const LoadedHardware& hardware, Index tokens,
                         const tiles::LinearCounts& functional) {
  LayerCost cost;
  const Shard& largest = program.shards.front();  // balanced tiles: the larger ones come first
  cost.array = mvm_timing(program.hardware.tile, largest.rows, largest.columns);
  cost.arrays_alone = cost.array.latency() + pace(program) * (tokens - 1);
  cost.tokens = tokens;
  cost.timed_tokens = timed_tokens(program, tokens);
  const TimingResult timing =
      simulate_timing(program, InferenceWorkload::single(cost.timed_tokens, 1), {.keep_intervals = true});
  Counts counts = layer_counts(timing.counts, cost.timed_tokens, tokens);
  counts.merge(compare_counts_of(program, functional, counts));
  fill_times(program, timing, tokens, cost);
  // Repeated MVMs keep their arrays for one more conversion; taken as spread evenly over the arrays.
  cost.retries =
      cost.array.convert * ((functional.retries + std::ssize(program.shards) - 1) / std::ssize(program.shards));
  cost.elapsed += cost.retries;
  fill_energy(program, hardware, timing, counts, cost);
  return cost;
}

}  // namespace aimc::sim
