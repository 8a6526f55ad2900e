#include "tiles/sc/serial_unit_module.h"

#include <algorithm>

#include "tiles/sc/kernel_time.h"

namespace aimc::tiles {

SerialUnitModule::SerialUnitModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy,
                                   MemoryPort& memory, JobListener& listener)
    : sc_module(name), memory_(memory), listener_(listener), activity_(idle, policy) {
  SC_HAS_PROCESS(SerialUnitModule);
  SC_METHOD(finish_current);
  sensitive << done_;
  dont_initialize();
}

void SerialUnitModule::give(JobId job, Time compute, const MemoryTraffic& traffic) {
  waiting_.push({job, compute, traffic});
  if (!working_) begin_next();
}

void SerialUnitModule::begin_next() {
  const Job job = waiting_.pop();
  const Time begin = activity_.wake(kernel_now());
  const Time end = std::max(begin + job.compute, memory_.transfer(job.traffic));
  activity_.occupy(begin, end);
  current_ = {job.id, begin, end, Time{}};
  working_ = true;
  notify_at(done_, end);
}

void SerialUnitModule::finish_current() {
  const JobResult result = current_;
  working_ = false;
  // The next job begins before the listener hears of this one, which may give the unit more work.
  if (!waiting_.empty()) begin_next();
  listener_.job_done(result);
}

}  // namespace aimc::tiles
