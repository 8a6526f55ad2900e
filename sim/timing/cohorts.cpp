#include "sim/timing/cohorts.h"

namespace aimc::sim {

std::uint32_t Cohorts::add(std::int64_t passes, std::int64_t sampled) {
  sizes_.push_back({passes, sampled});
  return static_cast<std::uint32_t>(sizes_.size() - 1);
}

std::vector<PassId> Cohorts::join(std::uint32_t cohort, StepId step, bool sampled_only, PassId pass) {
  const Size& size = sizes_[cohort];
  const std::int64_t expected = sampled_only ? size.sampled : size.passes;
  if (expected == 1) return {pass};
  const auto entry = waiting_.try_emplace({cohort, step}).first;
  entry->second.push_back(pass);
  if (std::ssize(entry->second) < expected) return {};
  std::vector<PassId> all = std::move(entry->second);
  waiting_.erase(entry);
  return all;
}

}  // namespace aimc::sim
