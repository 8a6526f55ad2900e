#include "sim/timing/critical_path.h"

#include <algorithm>

#include "base/check/check.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/timing/step_work.h"

namespace aimc::sim {
namespace {

/// The stage a step's computing belongs to.
Time& stage_of(StepKind kind, StageTimes& times) {
  switch (kind) {
    case StepKind::mvm:
    case StepKind::accumulate:
      return times.analog_mvm;
    case StepKind::attention:
      return times.attention;
    default:
      return times.digital;
  }
}

/// A parcel's time through an empty network; `feed`: time of the sender's output buffer.
Time unloaded_time(const interconnect::PackageNetworkModule& network, const Parcel& parcel, Time feed) {
  if (parcel.carriage == Carriage::reduction) {
    return network.unloaded_contribution(parcel.way, parcel.number, parcel.bits, feed);
  }
  const std::uint32_t destination = parcel.carriage == Carriage::shared ? parcel.number : 0;
  return network.unloaded_time(parcel.way, destination, parcel.bits, feed);
}

/// How long the unit's output buffer needs to drain on its own.
Time send_time(const Program& program, const Step& step) {
  if (step.kind == StepKind::mvm) {
    const Shard& shard = program.shards[step.shard];
    return mvm_timing(program.hardware.tile, shard.rows, shard.columns).send;
  }
  return step.kind == StepKind::accumulate ? send_time(program.hardware.tile, step.elements) : Time{};
}

}  // namespace

CriticalPath::CriticalPath(const Program& program, const Playbook& book)
    : program_(program), book_(book), records_(book.steps.size()) {}

void CriticalPath::begin_token(std::int64_t token, Time start) {
  token_ = token;
  start_ = start;
}

void CriticalPath::split_step(StepId id, StageTimes& times) const {
  const Step& step = program_.steps[id];
  const Time arrival = book_.steps[id].needed == 0 ? start_ : records_[id].arrival;
  const Time total = records_[id].finish - arrival;
  const UnloadedTime unloaded = unloaded_time(program_, step, token_ + 1);
  const Time streamed = std::max(unloaded.compute, unloaded.memory);
  const Time service = streamed + unloaded.after;
  AIMC_CHECK(service <= total, "step {} took {} ps, less than its work of {} ps", id, total.picoseconds(),
             service.picoseconds());
  stage_of(step.kind, times) += unloaded.compute + unloaded.after;
  times.kv_memory += streamed - unloaded.compute;
  times.waiting += total - service;
}

StageTimes CriticalPath::split(const interconnect::PackageNetworkModule& network) const {
  StageTimes times;
  StepId step = book_.sample;
  while (true) {
    split_step(step, times);
    if (book_.steps[step].needed == 0) break;
    const Parcel& parcel = book_.parcels[records_[step].parcel];
    const Time travelled = records_[step].arrival - records_[parcel.from].finish;
    if (parcel.carriage != Carriage::local) {
      const Time unloaded = unloaded_time(network, parcel, send_time(program_, program_.steps[parcel.from]));
      AIMC_CHECK(unloaded <= travelled, "a packet took {} ps, less than {} ps", travelled.picoseconds(),
                 unloaded.picoseconds());
      times.network += unloaded;
      times.waiting += travelled - unloaded;
    }
    step = parcel.from;
  }
  AIMC_CHECK(times.total() == records_[book_.sample].finish - start_, "stage times do not sum to the token's time");
  return times;
}

}  // namespace aimc::sim
