#pragma once
#include <systemc>

#include "tiles/sc/activity_meter.h"
#include "tiles/sc/fifo.h"
#include "tiles/sc/job.h"
#include "tiles/sc/memory_port.h"

namespace aimc::tiles {

/// A unit that does one job at a time, in the order given. A job with memory traffic makes its requests when it begins
/// and computes on the stream as it arrives: it ends when both are done (hardware.md 6.3: max of memory and compute).
class SerialUnitModule : public sc_core::sc_module {
 public:
  [[nodiscard]] const ActivityMeter& activity() const { return activity_; }

 protected:
  SerialUnitModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy, MemoryPort& memory,
                   JobListener& listener);
  void give(JobId job, Time compute, const MemoryTraffic& traffic);

 private:
  struct Job {
    JobId id;
    Time compute;
    MemoryTraffic traffic;
  };
  void begin_next();
  void finish_current();

  MemoryPort& memory_;
  JobListener& listener_;
  ActivityMeter activity_;
  sc_core::sc_event done_;
  Fifo<Job> waiting_;
  bool working_ = false;
  JobResult current_;
};

}  // namespace aimc::tiles
