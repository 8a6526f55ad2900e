#pragma once
#include <cstdint>

namespace aimc::sim {

/// Whole bytes that hold `elements` values of `bits` bits each, without gaps.
[[nodiscard]] constexpr std::int64_t packed_bytes(std::int64_t elements, int bits) { return (elements * bits + 7) / 8; }

}  // namespace aimc::sim
