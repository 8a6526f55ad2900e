#pragma once
#include <cstdint>
#include <vector>

#include "sim/timing/passes.h"
#include "sim/timing/path_times.h"
#include "sim/timing/playbook.h"
#include "sim/timing/unit_log.h"
#include "tiles/sc/job.h"

namespace aimc::interconnect {
class PackageNetworkModule;
}

namespace aimc::sim {

/// Remembers, for one sampled token at a time, when each step had its last input, could start, began and had its
/// result; splits the token's time by walking back from the sample step, always to the input that came last.
///
/// On the way, a step's own unloaded time goes to its stage and resource (for attention and memory streams: computing
/// first, what the memory sticks out to the memory), a packet's unloaded time to the network. The rest is waiting: for
/// other tokens (between last input and start), for the unit (between start and beginning), for the memory channel or
/// inside the tile (until the result), for the sender's output buffer, for links. Packets that leave their chip belong
/// to the chip links with their whole way.
///
/// What a step waits for behind the jobs of a digital or attention unit, because the unit is busy or because attention
/// needs the tokens before, belongs to what those jobs did then: computing to the unit, the rest to their memory
/// channel (UnitLog). Token order keeps only the time in which the unit was idle, as the token before had not come yet.
class CriticalPath {
 public:
  CriticalPath(const Program& program, const Playbook& book);

  /// The time from `since` to `now` is waiting for admission.
  void begin_token(PassId id, const Pass& pass, Time since, Time now);
  void end_token() { pass_ = no_pass; }
  /// Between begin_token and end_token.
  [[nodiscard]] bool is_open() const { return pass_ != no_pass; }
  [[nodiscard]] bool records(PassId pass) const { return pass == pass_; }
  void arrived(StepId step, ParcelIndex parcel, Time at) {
    records_[step].arrival = at, records_[step].parcel = parcel;
  }
  /// All inputs and gates are there.
  void started(StepId step, Time at) { records_[step].start = at, records_[step].vectors = 1; }
  /// The step is one job with those of other tokens, together `vectors` of them.
  void joined(StepId step, std::int64_t vectors, Time at) {
    records_[step].start = at, records_[step].vectors = vectors;
  }
  /// A job of any token is done; to be told of while a token is open.
  void worked(StepId step, const Attended& what, std::int64_t vectors, const tiles::JobResult& result) {
    log_.add(step, what, vectors, result);
  }
  void finished(StepId step, const tiles::JobResult& result) {
    records_[step].begin = result.begin, records_[step].finish = result.end, records_[step].drain = result.drain;
  }

  /// Parts of the time from `since` to the token's sample, which sum to it exactly.
  [[nodiscard]] PathTimes split(const interconnect::PackageNetworkModule& network) const;

 private:
  static constexpr PassId no_pass = 0xfffffffe;
  struct Record {
    Time arrival, start, begin, finish, drain;
    std::int64_t vectors = 1;
    ParcelIndex parcel = 0;
  };
  void split_step(StepId step, PathTimes& times, SharedWaits& shared) const;
  void split_queue(const PlayStep& play, Time arrival, const Record& record, PathTimes& times,
                   SharedWaits& shared) const;
  void split_packet(const interconnect::PackageNetworkModule& network, const Parcel& parcel, Time travelled,
                    PathTimes& times) const;

  const Program& program_;
  const Playbook& book_;
  UnitLog log_;
  std::vector<Record> records_;  // [steps]
  PassId pass_ = no_pass;
  Attended attended_;
  Phase phase_ = Phase::prefill;
  std::uint32_t copy_ = 0;
  Time since_, start_;
};

}  // namespace aimc::sim
