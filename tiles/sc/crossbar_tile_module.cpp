#include "tiles/sc/crossbar_tile_module.h"

#include "tiles/sc/kernel_time.h"

namespace aimc::tiles {

CrossbarTileModule::CrossbarTileModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy,
                                       JobListener& listener)
    : sc_module(name), listener_(listener), activity_(idle, policy) {
  SC_HAS_PROCESS(CrossbarTileModule);
  SC_METHOD(report_due);
  sensitive << due_;
  dont_initialize();
}

void CrossbarTileModule::mvm(JobId job, const MvmTiming& timing, bool sends) {
  const Time awake = activity_.wake(kernel_now());
  const Time load_begin = std::max({awake, load_free_, convert_.buffer_free()});
  load_free_ = load_begin + timing.load;
  const Time converted = convert_.pass(std::max(load_free_, affine_.buffer_free()), timing.convert);
  const Time scaled = affine_.pass(converted, timing.affine);
  activity_.occupy(load_begin, scaled);
  ++mvms_;
  products_.push({job, load_begin, scaled, sends ? timing.send : Time{}});
  notify_next();
}

void CrossbarTileModule::accumulate(JobId job, Time add, bool last, Time send) {
  const Time begin = std::max(activity_.wake(kernel_now()), accumulator_free_);
  accumulator_free_ = begin + add;
  activity_.occupy(begin, accumulator_free_);
  if (!last) return;
  sums_.push({job, begin, accumulator_free_, send});
  notify_next();
}

void CrossbarTileModule::report_due() {
  const Time now = kernel_now();
  while (!products_.empty() && products_.front().end <= now) report(products_.pop());
  while (!sums_.empty() && sums_.front().end <= now) report(sums_.pop());
  notify_next();
}

void CrossbarTileModule::report(const Pending& pending) {
  const Time now = kernel_now();
  Time drain;
  if (pending.send > Time{}) {
    send_free_ = std::max(send_free_, now) + pending.send;
    drain = send_free_ - now;
    activity_.occupy(now, send_free_);
  }
  listener_.job_done({pending.job, pending.begin, now, drain});
}

void CrossbarTileModule::notify_next() {
  if (products_.empty() && sums_.empty()) return;
  const Time next = products_.empty() ? sums_.front().end
                    : sums_.empty()   ? products_.front().end
                                      : std::min(products_.front().end, sums_.front().end);
  notify_at(due_, next);
}

}  // namespace aimc::tiles
