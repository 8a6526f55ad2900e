#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/timing/cohorts.h"
#include "sim/timing/critical_path.h"
#include "sim/timing/machine.h"
#include "sim/timing/passes.h"
#include "sim/timing/playbook.h"
#include "sim/timing/played_work.h"
#include "tiles/sc/job.h"

namespace aimc::sim {

/// Starts the jobs of steps on the units of a Machine, and says whose job it was when one is done.
class StepRunner {
 public:
  StepRunner(const Program& program, const Playbook& book, const Passes& passes, Machine& machine, Cohorts& cohorts,
             CriticalPath& path);

  /// A step that has all it waits for; a sum is not started, see add_partial_sum.
  void start(PassId id, StepId step);
  /// A partial sum has come to its tile; the sum is done when the last one has been added.
  void add_partial_sum(PassId id, StepId step, bool first, bool last);

  /// The step of a job that is done, and the passes it was for: valid until the next one is done.
  struct Done {
    StepId step = 0;
    std::span<const PassId> passes;
  };
  Done done(const tiles::JobResult& result);

  [[nodiscard]] const PlayedWork& work() const { return work_; }
  [[nodiscard]] std::int64_t mvms() const { return mvms_; }

 private:
  /// Passes whose digital product is one job.
  struct Batch {
    StepId step = 0;
    std::vector<PassId> passes;
  };
  [[nodiscard]] std::uint16_t array_of(StepId step, std::uint32_t copy) const;
  void join_product(PassId id, StepId step);
  /// The job number of a product of several passes.
  std::uint64_t add_batch(StepId step, std::vector<PassId> passes);
  void attend(PassId id, StepId step);

  const Program& program_;
  const Playbook& book_;
  const Passes& passes_;
  Machine& machine_;
  Cohorts& cohorts_;
  CriticalPath& path_;
  std::vector<Batch> batches_;
  std::vector<std::uint32_t> free_batches_;
  PassId done_alone_ = 0;  // what done() returned
  Batch done_;
  PlayedWork work_;
  std::int64_t mvms_ = 0;
};

}  // namespace aimc::sim
