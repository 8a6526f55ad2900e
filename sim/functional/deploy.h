#pragma once
#include <cstdint>

#include "sim/functional/calibrate.h"
#include "sim/functional/executor.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/device/weight_noise.h"

namespace aimc::sim {

/// What a deployment changes about the numbers; units per linear are in the Program's placements.
struct DeploymentNumerics {
  bool noisy = false;  ///< program noise into analog linears, and into float linears (w16-hwnoise)
  tiles::NoiseOptions noise;
  tiles::CrossbarKernel kernel = tiles::CrossbarKernel::automatic;
  tiles::CrossbarArithmetic arithmetic = tiles::CrossbarArithmetic::grid;
};

/// Whether another noise seed gives other numbers.
[[nodiscard]] bool is_random(const Program& program, const DeploymentNumerics& numerics);

/// Builds the linears of a deployment for one noise seed. Row tiles for noise are those of the hardware's tile rows,
/// also for float linears with noise. Weights are read one linear at a time (on each thread). A linear's noise depends
/// on the seed and its name alone: deployments that program the same linear in the same row tiles get the same noise.
LinearSet build_linears(const Program& program, const workloads::WeightSource& weights,
                        const DeploymentNumerics& numerics, const InputRanges& ranges, std::uint64_t seed);

/// fp32 linears without noise for every linear of the program: the reference, and what calibration runs.
LinearSet build_float_linears(const Program& program, const workloads::WeightSource& weights);

}  // namespace aimc::sim
