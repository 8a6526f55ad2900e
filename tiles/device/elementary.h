#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/random/normal_kernel.h"

// Elementary functions that vectorise and give the same bits on every machine: libm does neither.
namespace aimc::tiles {

/// Natural logarithm of a positive normal number; relative error below 2e-7 (Cephes logf).
[[gnu::always_inline]] inline float natural_log(float x) { return random::log_of_uniform(x); }

/// e^x for x in [-87, 87], beyond which x is clipped; relative error below 2e-7 (Cephes expf, Moshier).
[[gnu::always_inline]] inline float exponential(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 87.0F ? 87.0F : x;
  constexpr float to_integer = 12582912.0F;  // 1.5 x 2^23: adding it leaves no fraction bits
  const float n = (x * 1.44269504088896341F + to_integer) - to_integer;
  const float r = (x - n * 0.693359375F) + n * 2.12194440E-4F;
  float p = 1.9875691500E-4F;
  p = p * r + 1.3981999507E-3F;
  p = p * r + 8.3334519073E-3F;
  p = p * r + 4.1665795894E-2F;
  p = p * r + 1.6666665459E-1F;
  p = p * r + 5.0000001201E-1F;
  const float y = p * r * r + r + 1.0F;
  const auto exponent = static_cast<std::int32_t>(n) + 127;
  return y * std::bit_cast<float>(exponent << 23);
}

}  // namespace aimc::tiles
