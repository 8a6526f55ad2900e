#pragma once
#include <algorithm>
#include <cstdint>

#include "base/units/idle_power.h"

namespace aimc::tiles {

/// Busy time of one unit (overlapping stages count once) and the idle gaps that ended. Under power_gated the first job
/// after a gap waits for the wake latency; units are awake when time begins.
class ActivityMeter {
 public:
  ActivityMeter(const IdlePower& idle, IdlePolicy policy)
      : wake_latency_(policy == IdlePolicy::power_gated ? idle.wake_latency : Time{}) {}

  /// Work arrives now: returns when the unit is awake. One gap ends once, however often it is asked before the work.
  Time wake(Time now) {
    if (now > busy_until_ && !waking_) {
      ++wakes_;
      waking_ = true;
      awake_at_ = now + wake_latency_;
    }
    return std::max(now, awake_at_);
  }
  /// The unit works in [begin, end); begin is not before the end of all earlier work unless it touches it.
  void occupy(Time begin, Time end) {
    const Time from = std::max(begin, busy_until_);
    if (end > from) busy_ += end - from;
    busy_until_ = std::max(busy_until_, end);
    used_ = true;
    waking_ = false;
  }

  [[nodiscard]] Time busy() const { return busy_; }
  [[nodiscard]] std::int64_t wakes() const { return wakes_; }
  [[nodiscard]] bool used() const { return used_; }

 private:
  const Time wake_latency_;
  Time awake_at_, busy_until_, busy_;
  std::int64_t wakes_ = 0;
  bool used_ = false, waking_ = false;
};

}  // namespace aimc::tiles
