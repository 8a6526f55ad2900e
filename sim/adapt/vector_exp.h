#pragma once
#include <bit>
#include <cstdint>

namespace aimc::adapt {

/// e^x for x <= 88; Cephes expf (Moshier), relative error below 2e-7, 0 below -87. Own, so that loops over it vectorise
/// and every machine computes the same bits.
[[gnu::always_inline]] inline float exponential(float x) {
  const float limited = x < -87.0F ? -87.0F : x > 88.0F ? 88.0F : x;
  constexpr float shift = 12582912.0F;  // 1.5 x 2^23: rounds to an integer
  const float n = (limited * 1.44269504088896341F + shift) - shift;
  const float r = (limited - n * 0.693359375F) - n * -2.12194440E-4F;
  float p = 1.9875691500E-4F;
  p = p * r + 1.3981999507E-3F;
  p = p * r + 8.3334519073E-3F;
  p = p * r + 4.1665795894E-2F;
  p = p * r + 1.6666665459E-1F;
  p = p * r + 5.0000001201E-1F;
  const float mantissa = p * r * r + r + 1.0F;
  const auto exponent = static_cast<std::int32_t>(n);
  const float power = std::bit_cast<float>((exponent + 127) << 23);
  return x < -87.0F ? 0.0F : mantissa * power;
}

}  // namespace aimc::adapt
