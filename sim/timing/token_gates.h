#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/timing/passes.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// What steps wait for besides their own inputs: the same step of the token before (token_order), or that this step has
/// its inputs for every prompt token (all_tokens). A gate counts as one input of the step.
class TokenGates {
 public:
  TokenGates(const Playbook& book, const InferenceWorkload& workload) : book_(book), requests_(workload.requests) {
    states_.resize(requests_.size());
  }

  /// A pass begins: adds its closed gates to `remaining` [steps].
  void open(PassId id, const Pass& pass, std::uint16_t* remaining);
  /// A step with token order is done. Returns the pass that waited for it (none, or one).
  [[nodiscard]] std::span<const PassId> done(StepId step, const Pass& pass);
  /// A step that waits for all tokens has its own inputs. Returns all passes of the prompt once they all have.
  [[nodiscard]] std::span<const PassId> complete(StepId step, const Pass& pass);
  /// The request has no tokens left.
  void close(std::uint32_t request) { states_[request] = {}; }

 private:
  struct State {
    std::vector<std::int64_t> tokens;  // [gate]: tokens that have passed it; all_tokens: that have come to it
    std::vector<PassId> passes;        // [prompt tokens]
    std::int64_t opened = 0;           // prompt tokens that have begun
  };
  const Playbook& book_;
  const std::vector<Request>& requests_;
  std::vector<State> states_;  // [requests]
};

}  // namespace aimc::sim
