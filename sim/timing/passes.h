#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "base/counts/counts.h"
#include "sim/timing/playbook.h"
#include "sim/timing/step_work.h"
#include "tiles/sc/job.h"

namespace aimc::sim {

using PassId = std::uint32_t;  ///< a pass in flight; numbers are used again

/// One token on its way through the steps.
struct Pass {
  std::uint32_t request = 0;
  std::uint32_t cohort = 0;  ///< with whom it meets in digital products
  std::int64_t token = 0;    ///< of its request, the first prompt token is 0
  Attended attended;         ///< the positions it sees, itself included, and whose queries its pass serves
  Phase phase = Phase::prefill;
  bool sampled = false;  ///< runs the steps of sampled tokens too
  tiles::JobRank rank = 0;
  std::uint32_t copy = 0;        ///< picks the copies of replicated linears: copy modulo their number
  std::uint32_t steps_left = 0;  ///< until it is over
};

/// The passes in flight and what each of their steps still waits for: two bytes a step and pass.
class Passes {
 public:
  explicit Passes(const Playbook& book);

  PassId open(Pass pass);
  void close(PassId id);
  [[nodiscard]] Pass& operator[](PassId id) { return passes_[id]; }
  [[nodiscard]] const Pass& operator[](PassId id) const { return passes_[id]; }
  /// [steps]: inputs and gates each step waits for; 0 once it has started.
  [[nodiscard]] std::uint16_t* remaining(PassId id) { return remaining_[id].get(); }
  [[nodiscard]] const std::uint16_t* remaining(PassId id) const { return remaining_[id].get(); }
  /// Passes in flight, in the order of their numbers.
  [[nodiscard]] std::vector<PassId> in_flight() const;

 private:
  std::vector<std::uint16_t> needed_;  // [steps]
  std::uint32_t every_token_steps_ = 0;
  std::vector<Pass> passes_;
  std::vector<std::unique_ptr<std::uint16_t[]>> remaining_;
  std::vector<PassId> free_;
};

}  // namespace aimc::sim
