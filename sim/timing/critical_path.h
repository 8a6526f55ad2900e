#pragma once
#include <cstdint>
#include <vector>

#include "sim/timing/playbook.h"
#include "sim/timing/timing.h"

namespace aimc::interconnect {
class PackageNetworkModule;
}

namespace aimc::sim {

/// Remembers, for one sampled token at a time, when each step had its last input and when it had its result; splits the
/// token's time by walking back from the sample step, always to the input that came last.
///
/// On the way, a step's own unloaded time goes to its stage (for attention and memory streams: computing first, what
/// the memory sticks out to kv_memory), a packet's unloaded time to network, the rest - units, links and channels busy
/// with something else, also with earlier tokens - to waiting.
class CriticalPath {
 public:
  CriticalPath(const Program& program, const Playbook& book);

  void begin_token(std::int64_t token, Time start);
  [[nodiscard]] bool records(std::int64_t token) const { return token == token_; }
  void arrived(StepId step, ParcelIndex parcel, Time at) {
    records_[step].arrival = at, records_[step].parcel = parcel;
  }
  void finished(StepId step, Time at) { records_[step].finish = at; }

  /// Parts of the time from the token's start to its sample, which sum to it exactly.
  [[nodiscard]] StageTimes split(const interconnect::PackageNetworkModule& network) const;

 private:
  struct Record {
    Time arrival, finish;
    ParcelIndex parcel = 0;
  };
  void split_step(StepId step, StageTimes& times) const;

  const Program& program_;
  const Playbook& book_;
  std::vector<Record> records_;  // [steps]
  std::int64_t token_ = -1;
  Time start_;
};

}  // namespace aimc::sim
