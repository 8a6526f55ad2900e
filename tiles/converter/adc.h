#pragma once
#include <cmath>

#include "tiles/converter/rounding.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// One grid step of a programmed weight is 1/256 of its channel's maximum (docs/architecture.md, exact sums).
inline constexpr int weight_grid = 256;

/// Turns a column's sum of (input code x weight code) into an output code, the same scale for all columns:
///   normalised MAC = sum / (largest input code x weight_grid)
///   code = clamp(rne(largest output code x MAC / out_bound))            (numerics A.3)
/// Written as one quotient of exactly known numbers. A sum of integers often lies exactly half way between two codes
/// (every 3584th for 8 bits and out_bound 14), where a product with a rounded reciprocal would go either way; a
/// correctly rounded quotient never leaves a tie nor falls into one, so the codes are those of exact arithmetic on
/// every CPU.
class AdcTransfer {
 public:
  AdcTransfer(int input_bits, const AdcSpec& adc)
      : largest_(largest_code(adc.bits)),
        divisor_(static_cast<double>(largest_code(input_bits)) * weight_grid * adc.out_bound),
        fast_divisor_(static_cast<float>(divisor_ / largest_)) {
    // fp32 is enough if sum / divisor is a ratio of integers whose distance to a tie (1 / 2 divisor) exceeds half a
    // unit in the last place of the largest code (2^-17 for 8 bits).
    const double reduced = divisor_ / largest_;
    fast_ = adc.bits <= 8 && reduced == std::floor(reduced) && reduced <= 32768 && reduced * largest_ == divisor_;
  }

  /// Whether code_fast gives the codes of code.
  [[nodiscard]] bool fast() const { return fast_; }
  [[nodiscard]] int largest() const { return largest_; }

  /// The quotient before rounding and clamping; |value| > largest() means that the converter saturates.
  [[nodiscard, gnu::always_inline]] float value_fast(float sum) const { return sum / fast_divisor_; }
  template <class Sum>
  [[nodiscard, gnu::always_inline]] double value(Sum sum) const {
    return static_cast<double>(sum) * static_cast<double>(largest_) / divisor_;
  }
  /// The output code of a value of either kind.
  template <class T>
  [[nodiscard, gnu::always_inline]] float code(T value) const {
    return static_cast<float>(round_half_even(clamp_to(value, static_cast<T>(largest_))));
  }

 private:
  int largest_;
  double divisor_;
  float fast_divisor_;
  bool fast_ = false;
};

}  // namespace aimc::tiles
