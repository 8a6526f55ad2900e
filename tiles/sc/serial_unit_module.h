#pragma once
#include <array>
#include <cstdint>
#include <systemc>

#include "base/events/ordered_event.h"
#include "tiles/sc/activity_meter.h"
#include "tiles/sc/fifo.h"
#include "tiles/sc/job.h"
#include "tiles/sc/memory_port.h"

namespace aimc::tiles {

/// How long the parts of a job take.
struct JobTime {
  Time stream;  ///< computing on the memory's stream as it arrives
  Time after;   ///< what needs all of that first
};

/// A unit that does one job at a time, once it is awake; jobs that wait are taken by rank, within one in the order
/// given. A job takes max(memory, stream) + after (hardware.md 6.3: t_attn = max(KV bytes / bandwidth, MACs / rate) +
/// t_softmax); its memory requests are made when it begins.
class SerialUnitModule : public sc_core::sc_module {
 public:
  [[nodiscard]] const ActivityMeter& activity() const { return activity_; }

 protected:
  SerialUnitModule(const sc_core::sc_module_name& name, const IdlePower& idle, IdlePolicy policy, MemoryPort& memory,
                   JobListener& listener);
  void give(JobId job, const JobTime& time, const MemoryTraffic& traffic, JobRank rank = 0);

 private:
  struct Job {
    JobId id;
    JobTime time;
    MemoryTraffic traffic;
  };
  [[nodiscard]] bool anything_waits() const { return !waiting_[0].empty() || !waiting_[1].empty(); }
  void take_next();
  void advance();
  void begin_current();
  void finish_current();

  MemoryPort& memory_;
  JobListener& listener_;
  ActivityMeter activity_;
  OrderedEvent due_;  // the unit is awake, or the job is done
  std::array<Fifo<Job>, job_ranks> waiting_;
  enum class State : std::uint8_t { idle, waking, working } state_ = State::idle;
  Job current_;
  Time begin_;
};

}  // namespace aimc::tiles
