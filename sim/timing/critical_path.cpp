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

Resource resource_of(StepKind kind) {
  switch (kind) {
    case StepKind::mvm:
    case StepKind::accumulate:
      return Resource::tile;
    case StepKind::attention:
      return Resource::attention_unit;
    default:
      return Resource::digital_unit;
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
    : program_(program), book_(book), log_(program, book), records_(book.steps.size()) {}

void CriticalPath::begin_token(PassId id, const Pass& pass, Time since, Time now) {
  pass_ = id;
  attended_ = pass.attended;
  phase_ = pass.phase;
  copy_ = pass.copy;
  since_ = since;
  start_ = now;
  log_.clear();
}

void CriticalPath::split_queue(const PlayStep& play, Time arrival, const Record& record, PathTimes& times,
                               SharedWaits& shared) const {
  if (arrival == record.begin) return;
  const UnitIndex unit = play.unit;
  const PathTimes following = times;
  std::array<Time, resource_count> parts{};
  const auto wait = [&](Resource resource, std::uint32_t thing, Time time) {
    times.wait(resource, thing, time);
    parts[static_cast<std::size_t>(resource)] += time;
  };
  const Resource order = play.kind == StepKind::digital_matmul ? Resource::batch : Resource::token_order;
  // A product that waits for its batch waits for no job of its unit.
  const Time unexplained =
      order == Resource::batch ? record.start - arrival : log_.explain(unit, arrival, record.start, wait);
  wait(order, 0, unexplained);
  wait(resource_of(play.kind), unit, log_.explain(unit, record.start, record.begin, wait));
  shared.add(parts, following);
}

void CriticalPath::split_step(StepId id, PathTimes& times, SharedWaits& shared) const {
  const Step& step = program_.steps[id];
  const PlayStep& play = book_.steps[id];
  const Record& record = records_[id];
  const Time arrival = play.needed == 0 ? start_ : record.arrival;
  // A sum has no start of its own: what is added last begins when it comes and the adder is free.
  const Time start = play.kind == StepKind::accumulate ? arrival : record.start;
  UnloadedTime unloaded = unloaded_time(program_, step, attended_, record.vectors);
  if (play.kind == StepKind::mvm) unloaded.compute = book_.mvm_timing(play, phase_).latency();  // with its repeats
  const Time streamed = std::max(unloaded.compute, unloaded.memory);
  const Time service = streamed + unloaded.after;
  const Time worked = record.finish - record.begin;
  AIMC_CHECK(arrival <= start && start <= record.begin && service <= worked,
             "step {} took {} ps, less than its work of {} ps", id, worked.picoseconds(), service.picoseconds());
  const Resource unit = resource_of(play.kind);
  const UnitIndex place = book_.unit_of(play, copy_);
  stage_of(play.kind, times.stages) += unloaded.compute + unloaded.after;
  times.serve(unit, unloaded.compute + unloaded.after);
  times.stages.kv_memory += streamed - unloaded.compute;
  times.serve(Resource::memory_channel, streamed - unloaded.compute);
  if (unloaded.memory > Time{}) {
    times.wait(Resource::memory_channel, play.channel, worked - service);
  } else {
    times.wait(unit, place, worked - service);
  }
  if (unit == Resource::tile) {
    times.wait(Resource::token_order, 0, start - arrival);
    times.wait(unit, place, record.begin - start);
  } else {
    split_queue(play, arrival, record, times, shared);
  }
}

void CriticalPath::split_packet(const interconnect::PackageNetworkModule& network, const Parcel& parcel, Time travelled,
                                PathTimes& times) const {
  const Time send = send_time(program_, program_.steps[parcel.from]);
  const Time unloaded = unloaded_time(network, parcel, send);
  AIMC_CHECK(unloaded <= travelled, "a packet took {} ps, less than {} ps", travelled.picoseconds(),
             unloaded.picoseconds());
  const UnitIndex sender = book_.unit_of(book_.steps[parcel.from], copy_);
  const UsedUnit& from = book_.units[sender];
  const bool leaves = from.address.chip != book_.units[parcel.to].address.chip;
  const Resource resource = leaves ? Resource::chip_link : Resource::chip_network;
  times.stages.network += unloaded;
  times.serve(resource, unloaded);
  const Time behind_others = std::min(records_[parcel.from].drain - send, travelled - unloaded);
  times.wait(Resource::output_port, sender, behind_others);
  times.wait(resource, from.address.chip, travelled - unloaded - behind_others);
}

PathTimes CriticalPath::split(const interconnect::PackageNetworkModule& network) const {
  PathTimes times;
  SharedWaits shared;
  StepId step = book_.sample;
  while (true) {
    split_step(step, times, shared);
    if (book_.steps[step].needed == 0) break;
    const Parcel& parcel = book_.parcels[records_[step].parcel];
    const Time travelled = records_[step].arrival - records_[parcel.from].finish;
    if (parcel.carriage != Carriage::local) split_packet(network, parcel, travelled, times);
    step = parcel.from;
  }
  times.wait(Resource::admission, 0, start_ - since_);
  times.hidden = shared.hidden(times);
  AIMC_CHECK(times.stages.total() == records_[book_.sample].finish - since_,
             "stage times do not sum to the token's time");
  return times;
}

}  // namespace aimc::sim
