#include "sim/timing/mvm_repeats.h"

#include "base/check/check.h"

namespace aimc::sim {

MvmRepeats::MvmRepeats(const Counts& functional) {
  for (const auto& [key, times] : functional.entries())
    if (key.action == Action::retry) of_linear_[key.operator_id][static_cast<std::size_t>(key.phase)].retries += times;
  for (const auto& [key, times] : functional.entries())
    if (key.action == Action::mvm && has(key.operator_id))
      of_linear_.at(key.operator_id)[static_cast<std::size_t>(key.phase)].mvms += times;
  for (const auto& [linear, rates] : of_linear_)
    for (const Rate& rate : rates)
      AIMC_CHECK(rate.retries == 0 || rate.mvms > 0, "operator {} repeats {} MVMs of none", linear, rate.retries);
}

tiles::MvmTiming MvmRepeats::repeated(tiles::MvmTiming timing, std::uint32_t linear, Phase phase) const {
  const auto found = of_linear_.find(linear);
  if (found == of_linear_.end()) return timing;
  const Rate& rate = found->second[static_cast<std::size_t>(phase)];
  if (rate.retries == 0) return timing;
  const std::int64_t once = (timing.convert + timing.hold).picoseconds();
  // Whole repetitions apart from the rest, so that no product overflows.
  const std::int64_t whole = rate.retries / rate.mvms;
  const double rest = static_cast<double>(rate.retries % rate.mvms) / static_cast<double>(rate.mvms);
  timing.convert += Time(once * whole) + Time::from_seconds(static_cast<double>(once) * 1e-12 * rest);
  return timing;
}

}  // namespace aimc::sim
