#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/timing/decode_samples.h"
#include "sim/timing/decode_windows.h"
#include "sim/timing/machine.h"
#include "sim/timing/passes.h"
#include "sim/timing/playbook.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// Samples the decode of several equal requests (DecodeWindows): keeps what windows measured and the times outside.
class SeveralDecode {
 public:
  /// What had been done at a moment.
  struct Mark {
    Time at;
    std::vector<UnitActivity> activity;
    std::vector<LinkUse> links;
    std::int64_t rounds = 0;  ///< decode tokens of the first request simulated so far
  };

  SeveralDecode(const Program& program, const Playbook& book, const Machine& machine, DecodeWindows windows,
                const std::vector<Request>& requests);

  /// A request has sampled a token; the first request's go to first_sampled(), too.
  void sampled(const Pass& pass, Time now);
  /// `times`: of the first request's decode token. Returns by how many tokens all requests jump.
  std::int64_t first_sampled(const Pass& pass, const PathTimes& times, Time now);

  /// Whether tokens count as they are simulated.
  [[nodiscard]] bool keeps() const { return windows_.is_before() || windows_.is_after(); }
  /// Whether the requests jumped at all, so that times must be put together.
  [[nodiscard]] bool left_out() const { return windows_.left() > 0; }
  /// Decode tokens of all requests that were simulated, some of them again.
  [[nodiscard]] std::int64_t simulated() const { return simulated_; }
  [[nodiscard]] const DecodeWindows& windows() const { return windows_; }
  [[nodiscard]] const Mark& left() const { return left_; }
  [[nodiscard]] const Mark& returned() const { return returned_; }

  /// What the tokens of the first request between left() and returned() took.
  [[nodiscard]] DecodeTotals between() const;
  /// [new_tokens] when a request sampled each of its tokens, with those between interpolated (`between`).
  [[nodiscard]] std::vector<Time> token_times(std::uint32_t request, const DecodeTotals& between) const;

 private:
  [[nodiscard]] Mark mark(Time now) const;

  /// Times of one request as simulated, by new token.
  struct Seen {
    std::vector<Time> before;
    std::map<std::int64_t, Time> after;
  };

  const Program& program_;
  const Playbook& book_;
  const Machine& machine_;
  DecodeWindows windows_;
  const std::vector<Request>& requests_;
  std::vector<Seen> seen_;  // [requests]
  std::map<std::int64_t, DecodeSample> samples_;
  DecodeSample window_;  // so far: its path; activity when it began
  Mark left_, returned_;
  std::int64_t simulated_ = 0, rounds_ = 0;
};

}  // namespace aimc::sim
