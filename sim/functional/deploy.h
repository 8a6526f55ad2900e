#pragma once
#include <cstdint>
#include <memory>

#include "sim/functional/calibrate.h"
#include "sim/functional/executor.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/device/device.h"

namespace aimc::sim {

/// What a deployment changes about the numbers; units per linear are in the Program's placements.
struct DeploymentNumerics {
  /// What analog linears are made of, and float linears with noise (w16-hwnoise); its effects are those below.
  tiles::DeviceOptions device;
  /// Whether digital linears, too, hold their rounded weights in that device (si8-w4-hwnoise, numerics E).
  bool integers_in_cells = false;
  tiles::Effects effects = tiles::Effects::all();
  double seconds = 0;  ///< after programming
  tiles::DriftCompensation compensation = tiles::DriftCompensation::none;
  tiles::CrossbarKernel kernel = tiles::CrossbarKernel::automatic;
  tiles::CrossbarArithmetic arithmetic = tiles::CrossbarArithmetic::grid;
};

/// Whether the options stand for ideal cells: no device, and none of them stuck.
[[nodiscard]] bool is_ideal(const tiles::DeviceOptions& options);

/// The device of these options with these of its effects; null when it is ideal.
[[nodiscard]] std::shared_ptr<const tiles::Device> device_of(const tiles::DeviceOptions& options,
                                                             tiles::Effects effects);

/// Whether another noise seed gives other numbers: through the cells of a device or through noise of the circuits.
[[nodiscard]] bool is_random(const Program& program, const DeploymentNumerics& numerics);

/// Builds the linears of a deployment for one noise seed. Row tiles for noise are those of the hardware's tile rows,
/// also for float linears with noise. Weights are read some channels at a time. A linear's noise depends on the seed
/// and its name alone: deployments that program the same linear in the same row tiles get the same noise. Whoever
/// builds more than once keeps a LinearStore (linear_store.h).
LinearSet build_linears(const Program& program, const workloads::WeightSource& weights,
                        const DeploymentNumerics& numerics, const InputRanges& ranges, std::uint64_t seed);

/// fp32 linears without noise for every linear of the program: the reference, and what calibration runs.
LinearSet build_float_linears(const Program& program, const workloads::WeightSource& weights);

}  // namespace aimc::sim
