#pragma once
#include <cstdint>
#include <vector>

#include "tiles/converter/adc.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/programming.h"

namespace aimc::tiles {

/// What the array's columns answer when one row after another is driven at full scale, all other rows at zero: the
/// probe of drift compensation (numerics C.5; the reference's code feeds the identity matrix, its text all ones). Goes
/// through the DAC's and the ADC's codes; a one-hot input needs no matmul.
class OneHotProbe {
 public:
  /// converts: false where outputs are neither rounded nor clipped.
  explicit OneHotProbe(const TileSpec& spec, bool converts = true);
  /// Mean over the rows of |output| in units of weights, for one channel: codes [rows] of weight_grid at `reference`,
  /// as to_grid_codes leaves them, on the grid or off.
  [[nodiscard]] double mean_magnitude(const float* codes, Index rows, float reference) const;

 private:
  AdcTransfer adc_;
  bool converts_;
  double drive_, step_;
};

/// Digital factors [out] of one row tile: R0 / R(t) with R = max(mean magnitude, 1e-4), over all columns of an array
/// (per_tile; column_tiles are the arrays' widths, empty: one array) or column by column. before and now are the
/// probe's means right after programming and at inference, [out].
[[nodiscard]] Vector compensation_factors(DriftCompensation mode, const std::vector<Index>& column_tiles,
                                          const Vector& before, const Vector& now);

/// Measures what drift did while a layer's arrays are programmed.
class CompensationProbe {
 public:
  CompensationProbe(const TileSpec& spec, const AnalogLinearOptions& options, Programming programming, Index out);
  /// Probes one channel of a row tile as it is now (codes [rows], relative to their reference) and, programmed again
  /// from target [rows], as it was right after programming. Different channels may come from several threads.
  void observe(std::size_t tile, Index channel, std::span<const float> target, std::span<const float> codes);
  /// compensation_factors of a row tile whose channels have all been observed; reference [out]: what its codes are
  /// relative to.
  [[nodiscard]] Vector factors(std::size_t tile, const Vector& reference) const;

 private:
  OneHotProbe probe_;
  AnalogLinearOptions options_;
  AdcScaleSource scale_from_;
  Programming programming_;
  std::vector<Vector> before_, now_;  ///< [row tiles] of [out]; now_ relative to the references
};

/// MVMs that the probes of a layer take: the rows of each array, twice.
[[nodiscard]] std::int64_t compensation_reads(const AnalogLinearOptions& options);

}  // namespace aimc::tiles
