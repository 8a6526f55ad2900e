#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/timing/critical_path.h"
#include "sim/timing/decode_sampler.h"
#include "sim/timing/decode_samples.h"
#include "sim/timing/machine.h"
#include "sim/timing/playbook.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// Links of the network that have carried something, in the order of their numbers.
[[nodiscard]] std::vector<LinkUse> collect_links(const Machine& machine);

/// Follows the first request: where the time of its tokens went and, when decode tokens are sampled, what each of them
/// took.
class FirstRequest {
 public:
  FirstRequest(const Program& program, const Playbook& book, const Machine& machine,
               std::optional<DecodeSampler> sampler);

  /// The path of the token on its way.
  [[nodiscard]] CriticalPath& path() { return path_; }
  /// The sample step of the token on its way is done: where its time went. kept: it belongs to what is reported.
  PathTimes sampled(const Pass& pass, bool kept);

  /// Whether decode tokens are left out; those that were simulated, by token.
  [[nodiscard]] bool samples_decode() const { return sampler_.has_value(); }
  [[nodiscard]] std::optional<std::int64_t> next_token() { return sampler_ ? sampler_->next() : std::nullopt; }
  [[nodiscard]] const std::map<std::int64_t, DecodeSample>& samples() const { return samples_; }
  /// Activity and reserved links until the first new token was sampled.
  [[nodiscard]] const std::vector<UnitActivity>& prefill_activity() const { return prefill_activity_; }
  [[nodiscard]] const std::vector<LinkUse>& prefill_links() const { return prefill_links_; }
  /// Of the decode tokens kept.
  [[nodiscard]] const PathTimes& decode() const { return decode_; }
  /// Stages, paths and deviation of what was simulated.
  void fill(TimingResult& result) const;

 private:
  const Program& program_;
  const Playbook& book_;
  const Machine& machine_;
  CriticalPath path_;
  std::optional<DecodeSampler> sampler_;
  std::map<std::int64_t, DecodeSample> samples_;
  std::vector<UnitActivity> prefill_activity_, activity_;  // until the first token, until the last one
  std::vector<LinkUse> prefill_links_;
  PathTimes first_token_, decode_;
};

}  // namespace aimc::sim
