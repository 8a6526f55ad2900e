#pragma once
#include <string>

#include "sim/functional/deploy.h"

namespace aimc::sim {

/// A text that is the same for two linears exactly when they are built alike, whatever the seed: name, unit and every
/// option that their numbers depend on. tile: the hardware's tile as text, the same for all linears of a program.
[[nodiscard]] std::string linear_key(const Program& program, const LinearPlacement& placement,
                                     const DeploymentNumerics& numerics, const InputRanges& ranges,
                                     const std::string& tile);

/// The tile of a program as that text.
[[nodiscard]] std::string tile_text(const tiles::TileSpec& tile);

}  // namespace aimc::sim
