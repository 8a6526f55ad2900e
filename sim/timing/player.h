#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "interconnect/sc/packet.h"
#include "sim/timing/admission.h"
#include "sim/timing/cohorts.h"
#include "sim/timing/critical_path.h"
#include "sim/timing/decode_sampler.h"
#include "sim/timing/decode_samples.h"
#include "sim/timing/kernel.h"
#include "sim/timing/machine.h"
#include "sim/timing/passes.h"
#include "sim/timing/playbook.h"
#include "sim/timing/stuck.h"
#include "sim/timing/timing.h"
#include "sim/timing/token_gates.h"

namespace aimc::sim {

/// Links of the network that have carried something, in the order of their numbers.
[[nodiscard]] std::vector<LinkUse> collect_links(const Machine& machine);

/// How often each step ran in each phase and what attention worked on; what the counts are made of.
struct PlayedWork {
  std::array<std::vector<std::int64_t>, 2> runs;               ///< [phase][step]
  std::array<std::vector<std::int64_t>, 2> streams;            ///< [phase][step]: weight streams of digital products
  std::array<std::vector<tiles::AttentionWork>, 2> attention;  ///< [phase][attention step, see PlayStep::detail]
};

/// Plays a Playbook on a Machine: lets tokens begin as Admission says, starts a step of a token when all its inputs
/// have arrived and its gate is open, sends its output to those that use it.
class Player final : public sc_core::sc_module, private tiles::JobListener, private interconnect::PacketListener {
 public:
  Player(const sc_core::sc_module_name& name, const Program& program, const Playbook& book,
         const InferenceWorkload& workload, const TimingOptions& options, Kernel& kernel);

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] const PlayedWork& work() const { return work_; }
  [[nodiscard]] bool all_done() const { return admission_.all_done(); }
  [[nodiscard]] std::int64_t jobs_done() const { return events_; }
  /// After a run that is not all done: what the steps wait for.
  [[nodiscard]] std::string stuck() const { return describe_stuck(program_, book_, passes_); }
  /// Whether decode tokens were left out (DecodeSampler); those that were simulated, by token.
  [[nodiscard]] bool samples_decode() const { return sampler_.has_value(); }
  [[nodiscard]] const std::map<std::int64_t, DecodeSample>& samples() const { return samples_; }
  /// Activity and reserved links until the first new token was sampled.
  [[nodiscard]] const std::vector<UnitActivity>& prefill_activity() const { return prefill_activity_; }
  [[nodiscard]] const std::vector<LinkUse>& prefill_links() const { return prefill_links_; }
  /// Everything but counts and activity, of what was simulated.
  [[nodiscard]] TimingResult take_result();

 private:
  /// Passes whose digital product is one job.
  struct Batch {
    StepId step = 0;
    std::vector<PassId> passes;
  };

  void arrivals();
  void begin_tokens();
  void begin(const TokenStart& start);
  void job_done(const tiles::JobResult& result) override;
  void delivered(std::uint64_t cookie, std::uint32_t end) override;

  void finish(PassId pass, StepId step, const tiles::JobResult& result);
  void send_output(PassId pass, StepId step, Time drain);
  void send_parcel(PassId pass, ParcelIndex index, Time drain);
  void deliver(PassId pass, ParcelIndex parcel);
  void arrive(PassId pass, StepId step);
  void start(PassId pass, StepId step);
  [[nodiscard]] std::uint16_t array_of(StepId step, std::uint32_t copy) const;
  void join_product(PassId pass, StepId step);
  void attend(PassId pass, StepId step);
  void add_partial_sum(PassId pass, StepId step, bool first, bool last);
  void end_pass(PassId pass);
  void token_sampled(const Pass& pass);
  void first_request_sampled(const Pass& pass);
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
  CriticalPath path_;
  std::vector<Batch> batches_;
  std::vector<std::uint32_t> free_batches_;
  sc_core::sc_event arrival_;
  bool waits_for_all_ = false;  // attention of an encoder: every prompt token sees the whole prompt
  std::optional<DecodeSampler> sampler_;
  std::map<std::int64_t, DecodeSample> samples_;
  std::vector<UnitActivity> prefill_activity_, activity_;  // until the first token, until the last one
  std::vector<LinkUse> prefill_links_;
  PlayedWork work_;
  TimingResult result_;
  PathTimes first_token_, decode_;  // of the first request
  Time last_event_;
  std::int64_t events_ = 0;
};

}  // namespace aimc::sim
