#pragma once
#include <cstdint>

#include "base/units/quantity.h"

namespace aimc {

/// What a unit does while it has no work.
enum class IdlePolicy : std::uint8_t { always_on, clock_gated, power_gated };

/// Power one idle unit draws under each policy. Busy time is priced by the unit's actions (whose measured energies
/// contain the leakage of the busy unit), so static energy is idle power x idle time.
struct IdlePower {
  Power always_on;
  Power clock_gated;
  Power power_gated;
  Time wake_latency;  ///< added to the first job after an idle gap under power_gated

  [[nodiscard]] constexpr Power under(IdlePolicy policy) const {
    return policy == IdlePolicy::always_on ? always_on : policy == IdlePolicy::clock_gated ? clock_gated : power_gated;
  }
};

}  // namespace aimc
