#pragma once
#include <systemc>

#include "base/units/quantity.h"

namespace aimc {

/// The kernel's clock; the kernel's resolution is one picosecond, its default.
inline Time kernel_now() { return Time(static_cast<std::int64_t>(sc_core::sc_time_stamp().value())); }

}  // namespace aimc
