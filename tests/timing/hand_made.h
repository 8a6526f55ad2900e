#pragma once
#include <string>
#include <vector>

#include "sim/program/program.h"
#include "sim/timing/timing.h"
#include "tests/timing/simulation.h"

namespace aimc::testing {

using sim::StepId;

/// Builds small Programs by hand on hardware of round numbers: constant network of 10 ns; MVM of 1 + 100 + 1 ns and 2
/// ns to send (64 x 64 arrays), 1 ns to add a partial sum; fixed times of digital operations; memory of 10 GB/s and 50
/// ns. Every step has a graph node of its own, with the step's number.
class HandMade {
 public:
  HandMade();

  /// 64 elements embedded on digital unit 0: 128 bytes in 50 + 12.8 ns.
  StepId embed();
  StepId vector(tiles::VectorOperation operation, std::uint32_t unit, const std::vector<StepId>& from, int bits = 16);
  StepId mvm(std::uint32_t tile, StepId from, Index row_begin = 0);
  StepId accumulate(std::uint32_t tile, const std::vector<StepId>& from);
  /// One head of 64: 256 bytes of KV a position.
  StepId attention(std::uint32_t unit, const std::vector<StepId>& from);
  StepId matmul(std::uint32_t unit, StepId from);
  /// Ends the program.
  StepId sample(std::uint32_t unit, const std::vector<StepId>& from);

  /// The step runs for sampled tokens only.
  void only_sampled(StepId step) { program.steps[step].occurrence = sim::Occurrence::sampled_token; }

  sim::Program program;

 private:
  sim::Step& append(sim::StepKind kind, Component component, std::uint32_t unit, const workloads::OpAttributes& op);
  void read(sim::Step& step, const std::vector<StepId>& from, int bits);
};

/// Fixed times of the hand-made hardware's digital operations.
inline const Time embed_time = ns(10), norm_time = ns(20), rope_time = ns(6), swiglu_time = ns(8), add_time = ns(4),
                  quantize_time = ns(5), sample_time = ns(20);
inline const Time mvm_latency = ns(102), mvm_send = ns(2), network_latency = ns(10);

/// Everything a result says, as text; for comparing runs.
std::string dump(const sim::TimingResult& result);

/// simulate_timing in a child process (the kernel elaborates once a process).
std::string dump_of_child(const sim::Program& program, const sim::InferenceWorkload& workload,
                          const sim::TimingOptions& options = {});
/// Elapsed time of a run in a child process.
Time elapsed_of_child(const sim::Program& program, const sim::InferenceWorkload& workload);

}  // namespace aimc::testing
