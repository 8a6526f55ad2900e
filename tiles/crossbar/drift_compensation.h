#pragma once
#include <cstdint>
#include <vector>

#include "tiles/converter/adc.h"
#include "tiles/crossbar/analog_linear.h"

namespace aimc::tiles {

/// What the array's columns answer when one row after another is driven at full scale, all other rows at zero: the
/// probe of drift compensation (numerics C.5; the reference's code feeds the identity matrix, its text all ones). Goes
/// through the DAC's and the ADC's codes; a one-hot input needs no matmul.
class OneHotProbe {
 public:
  explicit OneHotProbe(const TileSpec& spec);
  /// Mean over the rows of |output| in units of weights, for one channel: codes [rows] of weight_grid at `reference`,
  /// as to_grid_codes leaves them, on the grid or off.
  [[nodiscard]] double mean_magnitude(const float* codes, Index rows, float reference) const;

 private:
  AdcTransfer adc_;
  double drive_, step_;
};

/// Digital factors [out] of one row tile: R0 / R(t) with R = max(mean magnitude, 1e-4), over all columns of an array
/// (per_tile; column_tiles are the arrays' widths, empty: one array) or column by column. before and now are the
/// probe's means right after programming and at inference, [out].
[[nodiscard]] Vector compensation_factors(DriftCompensation mode, const std::vector<Index>& column_tiles,
                                          const Vector& before, const Vector& now);

/// MVMs that the probes of a layer take: the rows of each array, twice.
[[nodiscard]] std::int64_t compensation_reads(const AnalogLinearOptions& options);

}  // namespace aimc::tiles
