#pragma once
#include <bit>
#include <cstdint>

namespace aimc::tiles {

/// e^x in fp32 within 2 units in the last place, 0 below -87.3, infinity above 88.7, NaN stays NaN. Plain arithmetic
/// that compilers vectorise and that gives the same bits on every CPU (libm's may differ with its FMA variants).
/// Source: range reduction with a two-part ln 2 and the degree-5 polynomial of Cephes expf (Moshier).
[[gnu::always_inline]] inline float exponential(float x) {
  const float clamped = x < -87.3F ? -87.3F : (x > 88.7F ? 88.7F : x);
  // Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
  const float n = (clamped * 1.44269504088896341F + 12582912.0F) - 12582912.0F;
  const float r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float e = (p * (r * r) + r) + 1.0F;
  // 2^n in two factors, since 2^128 is not a float.
  const auto half = static_cast<std::int32_t>(n) >> 1;
  const auto rest = static_cast<std::int32_t>(n) - half;
  const float scaled = e * std::bit_cast<float>((half + 127) << 23) * std::bit_cast<float>((rest + 127) << 23);
  const float bounded = x < -87.3F ? 0.0F : (x > 88.7F ? __builtin_inff() : scaled);
  return x != x ? x : bounded;
}

}  // namespace aimc::tiles
