#include "tiles/sc/serial_unit_module.h"

#include <algorithm>

#include "base/events/kernel_time.h"

namespace aimc::tiles {

SerialUnitModule::SerialUnitModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy,
                                   MemoryPort& memory, JobListener& listener)
    : sc_module(name), memory_(memory), listener_(listener), activity_(idle, policy) {
  SC_HAS_PROCESS(SerialUnitModule);
  SC_METHOD(advance);
  sensitive << due_.event();
  dont_initialize();
}

void SerialUnitModule::give(JobId job, const JobTime& time, const MemoryTraffic& traffic, JobRank rank) {
  waiting_[rank].push({job, time, traffic});
  if (state_ == State::idle) take_next();
}

void SerialUnitModule::take_next() {
  current_ = waiting_[waiting_[0].empty() ? 1 : 0].pop();
  begin_ = activity_.wake(kernel_now());
  if (begin_ == kernel_now()) return begin_current();
  // A sleeping unit asks nothing of memory: requests others make until it is awake come first.
  state_ = State::waking;
  due_.notify_at(begin_);
}

void SerialUnitModule::advance() { state_ == State::waking ? begin_current() : finish_current(); }

void SerialUnitModule::begin_current() {
  state_ = State::working;
  const Time end = std::max(begin_ + current_.time.stream, memory_.transfer(current_.traffic)) + current_.time.after;
  activity_.occupy(begin_, end);
  due_.notify_at(end);
}

void SerialUnitModule::finish_current() {
  const JobResult result{current_.id, begin_, kernel_now(), Time{}};
  state_ = State::idle;
  // The next job begins before the listener hears of this one, which may give the unit more work.
  if (anything_waits()) take_next();
  listener_.job_done(result);
}

}  // namespace aimc::tiles
