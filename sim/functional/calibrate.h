#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "sim/functional/executor.h"

namespace aimc::sim {

/// Static input ranges of every linear, [row tiles] each (numerics A.4).
using InputRanges = std::map<NodeId, std::vector<float>>;

/// Where static ranges come from (numerics A.4): the calibration text, or the checkpoint (checkpoint_ranges.h).
enum class CalibrationMethod : std::uint8_t {
  maximum,             ///< MAX: the largest magnitude
  quantile,            ///< CACHE_QUANTILE: a quantile over cached tokens
  moving_quantile,     ///< MOVING_QUANTILE: the mean over texts of each text's quantile
  standard_deviation,  ///< MOVING_STD: alpha times the mean over texts of each text's standard deviation
  checkpoint           ///< learned in training, stored beside the weights
};

/// Of which values the quantile is taken: A.4 takes it of the signed values, which sees one tail only and so stands for
/// twice the tail of magnitudes.
enum class QuantileOf : std::uint8_t { signed_values, magnitudes };

struct CalibrationOptions {
  CalibrationMethod method = CalibrationMethod::quantile;
  double quantile = 0.9995;  ///< README.md: the figures behind this default
  QuantileOf quantile_of = QuantileOf::magnitudes;
  double standard_deviations = 18;  ///< alpha
};

/// Ranges per row tile of the program's placements, from float passes over the sequences. All-zero tokens are dropped;
/// the quantile sees at most 1000 tokens, evenly spaced over the text. Linears that read the same vector share the
/// larger range when the hardware's input range sharing is per_input. Deterministic. Throws InputError when there is no
/// text.
/// The method must not be checkpoint.
InputRanges calibrate(const Program& program, const SharedTensors& shared, const LinearSet& float_linears,
                      const std::vector<std::vector<TokenId>>& sequences, const CalibrationOptions& options);

/// Linears that read the same vector take the larger of their ranges, row tile by row tile, so that one DAC encoding
/// serves them all; done when the hardware's input range sharing is per_input.
void share_ranges(const Program& program, InputRanges& ranges);

}  // namespace aimc::sim
