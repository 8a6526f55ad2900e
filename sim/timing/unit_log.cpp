#include "sim/timing/unit_log.h"

#include <algorithm>

namespace aimc::sim {

void UnitLog::clear() {
  for (std::vector<Job>& jobs : jobs_) jobs.clear();
}

void UnitLog::add(StepId step, const Attended& what, std::int64_t vectors, const tiles::JobResult& result) {
  const PlayStep& play = book_.steps[step];
  if (play.kind == StepKind::mvm || play.kind == StepKind::accumulate) return;
  jobs_[play.unit].push_back({result.begin, result.end, step, static_cast<std::uint32_t>(vectors), what});
}

Time UnitLog::explain(UnitIndex unit, Time from, Time to, const Visit& visit) const {
  const std::vector<Job>& jobs = jobs_[unit];
  Time left = to - from;
  // One job at a time: the first that ends after `from` is the only one that may have begun before it.
  for (auto job = std::ranges::upper_bound(jobs, from, {}, &Job::end); job != jobs.end() && job->begin < to; ++job) {
    const Time time = std::min(job->end, to) - std::max(job->begin, from);
    explain_job(*job, unit, time, visit);
    left = left - time;
  }
  return left;
}

void UnitLog::explain_job(const Job& job, UnitIndex unit, Time time, const Visit& visit) const {
  const PlayStep& play = book_.steps[job.step];
  const Resource own = play.kind == StepKind::attention ? Resource::attention_unit : Resource::digital_unit;
  const UnloadedTime unloaded = unloaded_time(program_, program_.steps[job.step], job.what, job.vectors);
  // `time` is the job's end, unless it is all of it.
  const Time after = std::min(unloaded.after, time);
  const Time memory = std::min(job.end - job.begin - unloaded.compute - unloaded.after, time - after);
  const Time compute = time - after - memory;
  if (after + compute > Time{}) visit(own, unit, after + compute);
  if (memory > Time{}) visit(Resource::memory_channel, play.channel, memory);
}

}  // namespace aimc::sim
