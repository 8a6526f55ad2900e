#include "sim/timing/step_runner.h"

#include <algorithm>
#include <utility>

#include "base/check/check.h"
#include "base/events/kernel_time.h"
#include "sim/timing/job_number.h"
#include "sim/timing/step_work.h"
#include "tiles/sc/attention_unit_module.h"
#include "tiles/sc/crossbar_tiles_module.h"
#include "tiles/sc/digital_unit_module.h"

namespace aimc::sim {
namespace {

// In place of a pass: the job is that of a batch.
constexpr PassId batch_flag = 0xffffffff;

}  // namespace

StepRunner::StepRunner(const Program& program, const Playbook& book, const Passes& passes, Machine& machine,
                       Cohorts& cohorts, CriticalPath& path)
    : program_(program), book_(book), passes_(passes), machine_(machine), cohorts_(cohorts), path_(path) {
  for (std::size_t phase = 0; phase < 2; ++phase) {
    work_.runs[phase].resize(book.steps.size());
    work_.streams[phase].resize(book.steps.size());
    work_.attention[phase].resize(book.attention_steps);
  }
}

void StepRunner::start(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Pass& pass = passes_[id];
  if (path_.records(id)) path_.started(step, kernel_now());
  switch (play.kind) {
    case StepKind::mvm:
      ++mvms_;
      return machine_.tiles().mvm(book_.unit_of(play, pass.copy), pack(id, step), book_.mvm_timing(play, pass.phase),
                                  play.leaves, pass.rank, array_of(step, pass.copy));
    case StepKind::vector_operation: {
      const Step& what = program_.steps[step];
      return machine_.digital_unit(play.unit).vector(pack(id, step), what.operation, what.elements,
                                                     {play.channel, 0, streamed_bytes(program_, what)}, pass.rank);
    }
    case StepKind::digital_matmul:
      return join_product(id, step);
    case StepKind::attention:
      return attend(id, step);
    case StepKind::accumulate:
      AIMC_CHECK(false, "accumulate step {} has no inputs", step);
  }
}

void StepRunner::add_partial_sum(PassId id, StepId step, bool first, bool last) {
  if (first && !last) return;  // the first one is written, not added
  const PlayStep& play = book_.steps[step];
  const AccumulateTiming& timing = book_.accumulate_timings[play.detail];
  machine_.tiles().accumulate(book_.unit_of(play, passes_[id].copy), pack(id, step), first ? Time{} : timing.add, last,
                              play.leaves ? timing.send : Time{});
}

StepRunner::Done StepRunner::done(const tiles::JobResult& result) {
  const std::uint32_t index = index_in(result.job);
  if (pass_in(result.job) != batch_flag) {
    done_alone_ = pass_in(result.job);
    const Pass& pass = passes_[done_alone_];
    if (path_.is_open()) path_.worked(index, pass.attended, 1, result);
    ++work_.runs[static_cast<std::size_t>(pass.phase)][index];
    return {index, std::span(&done_alone_, 1)};
  }
  done_ = std::move(batches_[index]);
  free_batches_.push_back(index);
  if (path_.is_open()) path_.worked(done_.step, {}, std::ssize(done_.passes), result);
  for (const PassId pass : done_.passes) ++work_.runs[static_cast<std::size_t>(passes_[pass].phase)][done_.step];
  return {done_.step, done_.passes};
}

std::uint16_t StepRunner::array_of(StepId step, std::uint32_t copy) const {
  if (program_.hardware.tile.arrays == 1) return 0;
  const ShardId first = program_.steps[step].shard;
  const std::uint32_t copies_apart = program_.placement(program_.shards[first].linear).shard_count;
  return static_cast<std::uint16_t>(program_.shards[first + copy % book_.steps[step].replicas * copies_apart].array);
}

void StepRunner::join_product(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Step& what = program_.steps[step];
  std::vector<PassId> passes = cohorts_.join(passes_[id].cohort, step, play.sampled_only, id);
  if (passes.empty()) return;
  // One stream for tokens of both phases belongs to decode, whoever came last: the order of arrival means nothing.
  const bool decodes = std::ranges::any_of(passes, [&](PassId pass) { return passes_[pass].phase == Phase::decode; });
  ++work_.streams[static_cast<std::size_t>(decodes ? Phase::decode : Phase::prefill)][step];
  const std::int64_t vectors = std::ssize(passes);
  const std::uint64_t job = vectors > 1 ? add_batch(step, std::move(passes)) : pack(id, step);
  machine_.digital_unit(play.unit).matmul(job, what.inner * what.elements * vectors,
                                          {play.channel, 0, streamed_bytes(program_, what)}, passes_[id].rank);
}

std::uint64_t StepRunner::add_batch(StepId step, std::vector<PassId> passes) {
  for (const PassId pass : passes) {
    if (path_.records(pass)) path_.joined(step, std::ssize(passes), kernel_now());
  }
  std::uint32_t batch = static_cast<std::uint32_t>(batches_.size());
  if (free_batches_.empty()) {
    batches_.emplace_back();
  } else {
    batch = free_batches_.back();
    free_batches_.pop_back();
  }
  batches_[batch] = {step, std::move(passes)};
  return pack(batch_flag, batch);
}

void StepRunner::attend(PassId id, StepId step) {
  const PlayStep& play = book_.steps[step];
  const Pass& pass = passes_[id];
  const tiles::AttentionWork work = attention_work_of(program_, program_.steps[step], pass.attended);
  tiles::AttentionWork& total = work_.attention[static_cast<std::size_t>(pass.phase)][play.detail];
  total.macs += work.macs;
  total.scores += work.scores;
  total.kv_read_bytes += work.kv_read_bytes;
  total.kv_write_bytes += work.kv_write_bytes;
  machine_.attention_unit(play.unit).attend(pack(id, step), work, play.channel, pass.rank);
}

}  // namespace aimc::sim
