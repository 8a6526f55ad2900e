#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "base/events/ordered_event.h"
#include "interconnect/sc/packet.h"
#include "sim/timing/admission.h"
#include "sim/timing/cohorts.h"
#include "sim/timing/courier.h"
#include "sim/timing/first_request.h"
#include "sim/timing/kernel.h"
#include "sim/timing/machine.h"
#include "sim/timing/passes.h"
#include "sim/timing/playbook.h"
#include "sim/timing/several_decode.h"
#include "sim/timing/step_runner.h"
#include "sim/timing/stuck.h"
#include "sim/timing/timing.h"
#include "sim/timing/token_gates.h"

namespace aimc::sim {

/// Plays a Playbook on a Machine: lets tokens begin as Admission says, starts a step of a token when all its inputs
/// have arrived and its gate is open, sends its output to those that use it.
class Player final : public sc_core::sc_module, private tiles::JobListener, private interconnect::PacketListener {
 public:
  Player(const sc_core::sc_module_name& name, const Program& program, const Playbook& book,
         const InferenceWorkload& workload, const TimingOptions& options, Kernel& kernel);

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const PlayedWork& work() const { return runner_.work(); }
  [[nodiscard]] const FirstRequest& first_request() const { return first_request_; }
  /// Set when the decode of several requests may be sampled.
  [[nodiscard]] const std::optional<SeveralDecode>& several() const { return several_; }
  [[nodiscard]] bool all_done() const { return admission_.all_done(); }
  [[nodiscard]] std::int64_t jobs_done() const { return events_; }
  /// After a run that is not all done: what the steps wait for.
  [[nodiscard]] std::string stuck() const { return describe_stuck(program_, book_, passes_); }
  /// Everything but counts and activity, of what was simulated.
  [[nodiscard]] TimingResult take_result();

 private:
  void arrivals();
  void begin_tokens();
  void begin(const TokenStart& start);
  [[nodiscard]] Pass pass_of(const TokenStart& start) const;
  void job_done(const tiles::JobResult& result) override;
  void delivered(std::uint64_t cookie, std::uint32_t end) override;

  void finish(PassId pass, StepId step, const tiles::JobResult& result);
  void send_output(PassId pass, StepId step, Time drain);
  void deliver(PassId pass, ParcelIndex parcel);
  void arrive(PassId pass, StepId step);
  void token_sampled(const Pass& pass);
  void end_pass(PassId pass);
  [[nodiscard]] bool begin_sampled_token();

  const Program& program_;
  const Playbook& book_;
  const InferenceWorkload workload_;
  const TimingOptions options_;
  Kernel& kernel_;
  Machine machine_;
  Cohorts cohorts_;
  Admission admission_;
  Passes passes_;
  TokenGates gates_;
  FirstRequest first_request_;
  CriticalPath& path_;
  std::optional<SeveralDecode> several_;
  StepRunner runner_;
  Courier courier_;
  OrderedEvent arrival_;
  bool waits_for_all_ = false;  // attention of an encoder: every prompt token sees the whole prompt
  TimingResult result_;
  Time last_event_;
  std::int64_t events_ = 0;
};

}  // namespace aimc::sim
