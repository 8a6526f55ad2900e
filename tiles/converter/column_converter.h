#pragma once
#include "tiles/converter/rounding.h"
#include "tiles/spec/effects.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {

/// Turns the column sums of one pass and slice into codes: code = clamp(rne(sum x numerator / divisor)). Sums are in
/// drive units x cell units, of which full_scale x cell_unit make one device at maximum conductance with a full input.
///
/// Analog weights: full scale is adc.out_bound such devices in every pass, as in numerics A.3, and codes are symmetric.
/// Slices: one step is never less than one level times one input unit, so that a converter with enough of them
/// (lossless_adc_bits) counts exactly; beyond that, full scale is adc.out_bound too. Sums of offset cells are never
/// negative, so that their codes run from 0 to 2^bits - 1.
class ColumnConverter {
 public:
  ColumnConverter(const TileSpec& spec, const Effects& effects, const InputPass& pass, double cell_unit);

  /// What one code is worth, in devices at maximum conductance with a full input of the pass.
  [[nodiscard]] double step() const { return step_; }
  [[nodiscard]] double value(double sum) const { return sum * numerator_ / divisor_; }
  /// Whether the value lies beyond the bound, if only by a part of a step: what is counted as clipped.
  [[nodiscard]] bool saturates(double value) const {
    return clips_ && (value > highest_ || (lowest_ < 0 && value < lowest_));
  }
  /// Whether the code does: what bound management repeats for (numerics A.7: the bound comes after the rounding).
  [[nodiscard]] bool exceeds_bound(double value) const { return saturates(rounds_ ? round_half_even(value) : value); }
  [[nodiscard]] double code(double value) const {
    if (clips_) value = value > highest_ ? highest_ : value < lowest_ ? lowest_ : value;
    return rounds_ ? round_half_even(value) : value;
  }

 private:
  double numerator_ = 1, divisor_ = 1, lowest_ = 0, highest_ = 0, step_ = 1;
  bool rounds_, clips_;
};

}  // namespace aimc::tiles
