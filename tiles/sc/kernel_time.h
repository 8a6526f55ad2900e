#pragma once
#include <systemc>

#include "base/units/quantity.h"

namespace aimc::tiles {

/// The kernel's clock; the kernel's resolution is one picosecond, its default.
inline Time kernel_now() { return Time(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())); }

/// Wakes the processes of an event at an absolute time (not before now). An earlier pending notification stays.
inline void notify_at(sc_core::sc_event& event, Time at) {
  const Time delay = at - kernel_now();
  event.notify(sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(delay.picoseconds())));
}

}  // namespace aimc::tiles
