#pragma once
#include <span>

#include "sim/mapping/mapping_spec.h"
#include "sim/mapping/traffic.h"

namespace aimc::sim {

/// The program, among several of one model, and its layout on the chips whose transfers travel the fewest weighted
/// hops. Tried are: each program as it is; and each with its tiles along the snake or along a compact walk of the grid
/// (also mirrored at the diagonal), with digital and attention units near their data. With spec.annealing_moves the
/// best one is annealed. Chips, tiers and the contents of tiles stay as they are.
[[nodiscard]] Program lay_out(std::span<const Program> programs, const MappingSpec& spec);

}  // namespace aimc::sim
