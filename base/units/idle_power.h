#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "base/units/quantity.h"

namespace aimc {

/// What a unit does while it has no work.
enum class IdlePolicy : std::uint8_t { always_on, clock_gated, power_gated };
inline constexpr std::array<IdlePolicy, 3> idle_policies{IdlePolicy::always_on, IdlePolicy::clock_gated,
                                                         IdlePolicy::power_gated};
/// "always_on", "clock_gated", "power_gated".
[[nodiscard]] constexpr std::string_view name(IdlePolicy policy) {
  return policy == IdlePolicy::always_on     ? "always_on"
         : policy == IdlePolicy::clock_gated ? "clock_gated"
                                             : "power_gated";
}

/// Power one idle unit draws under each policy. Static energy is this power x idle time; a busy digital or attention
/// unit draws always_on besides the energy of its operations, under every policy, also while it waits for memory. A
/// busy tile draws nothing more: the measured energy of an MVM contains its leakage.
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
