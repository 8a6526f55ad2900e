#pragma once
#include <cmath>
#include <systemc>

#include "base/units/quantity.h"

namespace aimc::testing {

inline Time ns(double nanoseconds) { return Time(std::llround(nanoseconds * 1000)); }

/// Lets simulated time pass until `at`, events at `at` included, so that a test can look at a moment.
inline void run_until(Time at) {
  const auto now = static_cast<std::int64_t>(sc_core::sc_time_stamp().value());
  if (at.picoseconds() > now) {
    sc_core::sc_start(sc_core::sc_time::from_value(static_cast<std::uint64_t>(at.picoseconds() - now)));
  }
  // sc_start holds back the processes that are due at its very end.
  while (sc_core::sc_pending_activity_at_current_time()) sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

}  // namespace aimc::testing
