#pragma once
#include <bit>
#include <cstdint>

namespace aimc::adapt {

/// The 16 bits of a bf16 number.
using Bf16Bits = std::uint16_t;

[[gnu::always_inline]] inline float as_float(float value) { return value; }
[[gnu::always_inline]] inline float as_float(Bf16Bits value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

[[gnu::always_inline]] inline void store(float value, float& to) { to = value; }
/// Round half to even; NaN stays NaN.
[[gnu::always_inline]] inline void store(float value, Bf16Bits& to) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  to = static_cast<Bf16Bits>(value == value ? rounded : 0x7FC0U);
}

}  // namespace aimc::adapt
