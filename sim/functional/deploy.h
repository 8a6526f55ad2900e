#pragma once
#include <map>
#include <string>
#include <vector>

#include "sim/functional/executor.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/device/weight_noise.h"

namespace aimc::sim {

/// Static input ranges of every linear, [row tiles] each (numerics A.4).
using InputRanges = std::map<NodeId, std::vector<float>>;

/// How the ranges are found on the calibration text.
enum class CalibrationMethod : std::uint8_t { maximum, quantile, standard_deviation };
struct CalibrationOptions {
  CalibrationMethod method = CalibrationMethod::quantile;
  double quantile = 0.99995;        ///< of |x| or of signed values as numerics A.4 says for CACHE_QUANTILE
  double standard_deviations = 18;  ///< alpha
};

/// Ranges per row tile of the program's placements, from float passes over the sequences. Deterministic.
InputRanges calibrate(const Program& program, const SharedTensors& shared, const LinearSet& float_linears,
                      const std::vector<std::vector<TokenId>>& sequences, const CalibrationOptions& options);

/// What a deployment changes about the numbers; units per linear are in the Program's placements.
struct DeploymentNumerics {
  bool noisy = false;                       ///< program noise into analog linears, and into float linears (w16-hwnoise)
  tiles::NoiseOptions noise;
  tiles::CrossbarKernel kernel = tiles::CrossbarKernel::automatic;
  tiles::CrossbarArithmetic arithmetic = tiles::CrossbarArithmetic::grid;
};

/// Builds the linears of a deployment for one noise seed. Row tiles for noise are those of the hardware's tile rows, also
/// for float linears with noise. Weights are read one linear at a time.
LinearSet build_linears(const Program& program, const workloads::WeightSource& weights, const DeploymentNumerics& numerics,
                        const InputRanges& ranges, std::uint64_t seed);

}  // namespace aimc::sim
