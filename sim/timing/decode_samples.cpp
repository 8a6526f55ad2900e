#include "sim/timing/decode_samples.h"

#include <algorithm>
#include <iterator>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

/// The place of a token between two samples: `step` of `steps`.
struct Place {
  std::int64_t step, steps;
  [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to) const {
    const std::int64_t way = to - from;
    return from + way / steps * step + way % steps * step / steps;
  }
  [[nodiscard]] Time between(Time from, Time to) const { return Time(between(from.picoseconds(), to.picoseconds())); }
};

constexpr Time StageTimes::* stage_parts[] = {&StageTimes::analog_mvm, &StageTimes::digital, &StageTimes::attention,
                                              &StageTimes::kv_memory,  &StageTimes::network, &StageTimes::waiting};

constexpr auto by_time = [](const Time* a, const Time* b) { return *a < *b; };

Time wait_for(const PathTimes& times, const std::pair<Resource, std::uint32_t>& thing) {
  const auto found = times.waits.find(thing);
  return found == times.waits.end() ? Time{} : found->second;
}

/// Resources round for themselves; the largest takes what is missing of the span.
void settle(PathTimes& times) {
  Time missing = times.stages.total();
  for (std::size_t i = 0; i < resource_count; ++i) missing = missing - times.service[i] - times.waiting[i];
  *std::ranges::max_element(times.service) += missing;
}

PathTimes path_between(const PathTimes& a, const PathTimes& b, const Place& place) {
  PathTimes times;
  const auto stage = [&](Time StageTimes::* part) {
    times.stages.*part = place.between(a.stages.*part, b.stages.*part);
  };
  for (Time StageTimes::* part : stage_parts) stage(part);
  for (std::size_t i = 0; i < resource_count; ++i) {
    times.service[i] = place.between(a.service[i], b.service[i]);
    times.waiting[i] = place.between(a.waiting[i], b.waiting[i]);
    times.hidden[i] = place.between(a.hidden[i], b.hidden[i]);
  }
  times.waits = a.waits;
  times.waits.insert(b.waits.begin(), b.waits.end());
  for (auto& [thing, time] : times.waits) time = place.between(wait_for(a, thing), wait_for(b, thing));
  settle(times);
  return times;
}

DecodeSample between(const DecodeSample& a, const DecodeSample& b, const Place& place) {
  DecodeSample sample{path_between(a.path, b.path, place), a.activity};
  for (std::size_t row = 0; row < sample.activity.size(); ++row) {
    sample.activity[row].busy = place.between(a.activity[row].busy, b.activity[row].busy);
    sample.activity[row].wakes = place.between(a.activity[row].wakes, b.activity[row].wakes);
  }
  return sample;
}

void add(DecodeTotals& totals, const DecodeSample& sample) {
  totals.times.push_back(sample.path.stages.total());
  totals.path += sample.path;
  add_activity(totals.activity, sample.activity);
}

}  // namespace

void add_activity(std::vector<UnitActivity>& rows, const std::vector<UnitActivity>& other, int times) {
  if (rows.empty()) rows.resize(other.size());
  AIMC_CHECK(rows.size() == other.size(), "{} and {} rows of activity", rows.size(), other.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].busy += other[row].busy * times;
    rows[row].wakes += other[row].wakes * times;
  }
}

DecodeSample mean_of(const DecodeSample& sum, std::int64_t tokens) {
  DecodeSample mean = sum;
  const auto divide = [&](Time& time) { time = Time(time.picoseconds() / tokens); };
  for (Time StageTimes::* part : stage_parts) divide(mean.path.stages.*part);
  // Stages round for themselves, too; the largest takes what is missing of the time.
  Time* largest = &mean.path.stages.analog_mvm;
  for (Time StageTimes::* part : stage_parts) largest = std::max(largest, &(mean.path.stages.*part), by_time);
  *largest += Time(sum.path.stages.total().picoseconds() / tokens) - mean.path.stages.total();
  for (auto* times : {&mean.path.service, &mean.path.waiting, &mean.path.hidden}) std::ranges::for_each(*times, divide);
  for (auto& [thing, time] : mean.path.waits) divide(time);
  settle(mean.path);
  for (UnitActivity& row : mean.activity) {
    divide(row.busy);
    row.wakes /= tokens;
  }
  return mean;
}

DecodeTotals interpolate(const std::map<std::int64_t, DecodeSample>& samples, std::int64_t first) {
  DecodeTotals totals;
  for (auto here = samples.begin(); here != samples.end(); ++here) {
    if (here->first >= first) add(totals, here->second);
    const auto next = std::next(here);
    if (next == samples.end()) break;
    const std::int64_t steps = next->first - here->first;
    for (std::int64_t step = 1; step < steps; ++step) {
      if (here->first + step >= first) add(totals, between(here->second, next->second, {step, steps}));
    }
  }
  return totals;
}

}  // namespace aimc::sim
