#include "tiles/sc/crossbar_tiles_module.h"

#include <algorithm>

#include "base/events/kernel_time.h"

namespace aimc::tiles {
namespace {

std::uint64_t queue_of(TileIndex tile, std::uint16_t array) { return std::uint64_t{tile} << 16 | array; }

}  // namespace

CrossbarTilesModule::CrossbarTilesModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy,
                                         JobOrder order, JobListener& listener)
    : sc_module(name), idle_(idle), policy_(policy), order_(order), listener_(listener) {
  SC_HAS_PROCESS(CrossbarTilesModule);
  SC_METHOD(work);
  sensitive << due_event_.event();
  dont_initialize();
}

TileIndex CrossbarTilesModule::add_tile(int arrays) {
  tiles_.emplace_back(idle_, policy_, arrays);
  return static_cast<TileIndex>(tiles_.size() - 1);
}

void CrossbarTilesModule::mvm(TileIndex tile, JobId job, const MvmTiming& timing, bool sends, JobRank rank,
                              std::uint16_t array) {
  ++mvms_;
  if (order_ == JobOrder::as_given) return serve(tile, {job, timing, array, sends});
  const Time now = kernel_now();
  const Time ready = tiles_[tile].ready(now, array);
  const auto [queues, none_waits] = waiting_.try_emplace(queue_of(tile, array));
  if (none_waits && ready == now) {
    waiting_.erase(queues);
    return serve(tile, {job, timing, array, sends});
  }
  queues->second[rank].push({job, timing, array, sends});
  if (none_waits) push(ready, {0, Time{}, Time{}, tile, array, true});
}

void CrossbarTilesModule::serve(TileIndex tile, const Waiting& mvm) {
  const CrossbarTile::Span span = tiles_[tile].mvm(kernel_now(), mvm.timing, mvm.array);
  push(span.end, {mvm.job, span.begin, mvm.sends ? mvm.timing.send : Time{}, tile, mvm.array, false});
}

void CrossbarTilesModule::take_next(TileIndex tile, std::uint16_t array) {
  const auto entry = waiting_.find(queue_of(tile, array));
  Queues& queues = entry->second;
  serve(tile, std::ranges::find_if(queues, [](const auto& queue) { return !queue.empty(); })->pop());
  if (std::ranges::all_of(queues, [](const auto& queue) { return queue.empty(); })) {
    waiting_.erase(entry);
  } else {
    push(tiles_[tile].ready(kernel_now(), array), {0, Time{}, Time{}, tile, array, true});
  }
}

void CrossbarTilesModule::accumulate(TileIndex tile, JobId job, Time add, bool last, Time send) {
  const CrossbarTile::Span span = tiles_[tile].accumulate(kernel_now(), add);
  if (last) push(span.end, {job, span.begin, send, tile, 0, false});
}

void CrossbarTilesModule::push(Time at, const Due& due) {
  if (due_.empty() || at < due_.next()) due_event_.notify_at(at);
  due_.push(at, due);
}

void CrossbarTilesModule::work() {
  const Time now = kernel_now();
  while (!due_.empty() && due_.next() <= now) {
    const Due due = due_.pop();
    if (due.take) {
      take_next(due.tile, due.array);
      continue;
    }
    const Time drain = due.send > Time{} ? tiles_[due.tile].send(now, due.send) - now : Time{};
    listener_.job_done({due.job, due.begin, now, drain});
  }
  if (!due_.empty()) due_event_.notify_at(due_.next());
}

}  // namespace aimc::tiles
