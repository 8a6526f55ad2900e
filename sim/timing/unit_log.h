#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/timing/path_resources.h"
#include "sim/timing/playbook.h"
#include "sim/timing/step_work.h"
#include "tiles/sc/job.h"

namespace aimc::sim {

/// What digital and attention units did since the last clear(): says what a token waited for behind the jobs of other
/// tokens. A tile's MVMs overlap and are all its own work; it is not kept here.
class UnitLog {
 public:
  UnitLog(const Program& program, const Playbook& book) : program_(program), book_(book), jobs_(book.units.size()) {}

  void clear();
  /// A unit has done a job: a step of a token that attends to `what`, or of `vectors` tokens together.
  void add(StepId step, const Attended& what, std::int64_t vectors, const tiles::JobResult& result);

  /// Where a part of a span belongs: to the unit's own computing, or to a memory channel.
  using Visit = std::function<void(Resource resource, std::uint32_t thing, Time time)>;
  /// Tells `visit` what the unit did from `from` to `to`, and returns what is left of the span: the unit was idle.
  /// Within a job computing comes first, then what the memory sticks out, then what needs both (softmax).
  [[nodiscard]] Time explain(UnitIndex unit, Time from, Time to, const Visit& visit) const;

 private:
  struct Job {
    Time begin, end;
    StepId step;
    std::uint32_t vectors;
    Attended what;
  };
  void explain_job(const Job& job, UnitIndex unit, Time time, const Visit& visit) const;

  const Program& program_;
  const Playbook& book_;
  std::vector<std::vector<Job>> jobs_;  // [UnitIndex], in the order done
};

}  // namespace aimc::sim
