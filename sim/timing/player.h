#pragma once
#include <array>
#include <cstdint>
#include <systemc>
#include <vector>

#include "interconnect/sc/packet.h"
#include "sim/timing/critical_path.h"
#include "sim/timing/kernel.h"
#include "sim/timing/machine.h"
#include "sim/timing/playbook.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// How often each step ran in each phase and what attention worked on; what the counts are made of.
struct PlayedWork {
  std::array<std::vector<std::int64_t>, 2> runs;               ///< [phase][step]
  std::array<std::vector<tiles::AttentionWork>, 2> attention;  ///< [phase][attention step, see PlayStep::detail]
};

/// Plays a Playbook on a Machine: starts a step of a token when all its inputs have arrived, sends its output to those
/// that use it. All prompt tokens are there at time 0; a further token starts when the one before has been sampled.
class Player final : public sc_core::sc_module, private tiles::JobListener, private interconnect::PacketListener {
 public:
  Player(const sc_core::sc_module_name& name, const Program& program, const Playbook& book,
         const InferenceWorkload& workload, const TimingOptions& options, Kernel& kernel);

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] const PlayedWork& work() const { return work_; }
  /// Everything but counts and activity.
  [[nodiscard]] TimingResult take_result() { return std::move(result_); }

 private:
  void begin();
  void start_roots(std::int64_t token);
  void job_done(const tiles::JobResult& result) override;
  void delivered(std::uint64_t cookie, std::uint32_t end) override;

  void finish(const tiles::JobResult& result);
  void send_output(std::int64_t token, StepId step, Time drain);
  void deliver(std::int64_t token, ParcelIndex parcel);
  void arrive(std::int64_t token, StepId step);
  void start(std::int64_t token, StepId step);
  void add_partial_sum(std::int64_t token, StepId step, bool first, bool last);
  void token_sampled(std::int64_t token);

  [[nodiscard]] bool sampled(std::int64_t token) const { return token + 1 >= workload_.prompt_tokens(); }
  [[nodiscard]] std::size_t phase_of(std::int64_t token) const { return token < workload_.prompt_tokens() ? 0 : 1; }
  [[nodiscard]] std::uint16_t* remaining_of(std::int64_t token);

  const Program& program_;
  const Playbook& book_;
  const InferenceWorkload workload_;
  const TimingOptions options_;
  Kernel& kernel_;
  Machine machine_;
  CriticalPath path_;
  std::vector<std::uint16_t> needed_;            // [steps]
  std::vector<std::uint16_t> prompt_remaining_;  // [prompt tokens][steps]: inputs still to come
  std::vector<std::uint16_t> new_remaining_;     // [steps] of the one decoded token
  PlayedWork work_;
  TimingResult result_;
  Time last_event_;
  std::int64_t events_ = 0;
};

}  // namespace aimc::sim
