#pragma once
#include <memory>

#include "sim/functional/deploy.h"

namespace aimc::sim {

/// What all linears of one deployment and seed have in common.
struct LinearBuild {
  const Program& program;
  const workloads::WeightSource& weights;
  const DeploymentNumerics& numerics;
  const InputRanges& ranges;
  std::shared_ptr<const tiles::Device> device;  ///< null: ideal
  RandomKey key;                                ///< of the seed
};

/// Whether another seed gives another linear: through the cells of its device or through noise of the circuits.
[[nodiscard]] bool is_random(const LinearPlacement& placement, const tiles::TileSpec& tile, const tiles::Device* device,
                             const DeploymentNumerics& numerics);

/// Builds one linear of the program. stream_float: a float linear without noise reads its weights anew at every pass
/// (streamed_linear.h) in place of holding them.
[[nodiscard]] std::unique_ptr<tiles::Linear> build_linear(const LinearBuild& build, const LinearPlacement& placement,
                                                          bool stream_float);

}  // namespace aimc::sim
