#pragma once

namespace aimc::tiles {

// Round half to even of |value| < 2^22 (fp32), 2^51 (fp64): adding 1.5 x 2^23 (2^52) leaves no fraction bits. Unlike
// rint it vectorises on every instruction set, and it is exact in the default rounding mode.
[[gnu::always_inline]] inline float round_half_even(float value) {
  constexpr float shift = 12582912.0F;
  return (value + shift) - shift;
}
[[gnu::always_inline]] inline double round_half_even(double value) {
  constexpr double shift = 6755399441055744.0;
  return (value + shift) - shift;
}

/// Keeps NaN, so that a broken input is seen and not turned into a code.
template <class T>
[[gnu::always_inline]] inline T clamp_to(T value, T largest) {
  const T below = value > largest ? largest : value;
  return below < -largest ? -largest : below;
}

}  // namespace aimc::tiles
