#pragma once
#include <cstdint>

#include "sim/timing/passes.h"

namespace aimc::sim {

/// What jobs and packets carry along, to be known when they come back: a pass and a number.
constexpr std::uint64_t pack(PassId pass, std::uint32_t index) {
  return static_cast<std::uint64_t>(pass) << 32 | index;
}
constexpr PassId pass_in(std::uint64_t packed) { return static_cast<PassId>(packed >> 32); }
constexpr std::uint32_t index_in(std::uint64_t packed) { return static_cast<std::uint32_t>(packed); }

}  // namespace aimc::sim
