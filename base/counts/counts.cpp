#include "base/counts/counts.h"

#include <limits>

#include "base/check/check.h"

namespace aimc {

std::string_view name(Phase phase) { return phase == Phase::prefill ? "prefill" : "decode"; }

void Counts::add(const CountKey& key, std::int64_t times) {
  AIMC_CHECK(times >= 0, "{} counted {} times", name(key.action), times);
  if (times == 0) return;
  std::int64_t& entry = entries_[key];
  AIMC_CHECK(entry <= std::numeric_limits<std::int64_t>::max() - times, "{} overflows 64 bits", name(key.action));
  entry += times;
}

void Counts::merge(const Counts& other) {
  for (const auto& [key, times] : other.entries_) add(key, times);
}

std::int64_t Counts::at(const CountKey& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? 0 : found->second;
}

std::int64_t Counts::total(Action action) const {
  std::int64_t sum = 0;
  // Keys sort by action first.
  const CountKey first{.action = action, .operator_id = 0, .phase = Phase::prefill, .chip = 0};
  for (auto entry = entries_.lower_bound(first); entry != entries_.end() && entry->first.action == action; ++entry) {
    sum += entry->second;
  }
  return sum;
}

}  // namespace aimc
