#pragma once
#include <span>

#include "sim/mapping/mapping_spec.h"
#include "sim/mapping/traffic.h"

namespace aimc::sim {

/// The program, among several of one model, and its layout on the chips whose transfers travel the fewest weighted
/// hops. Tried are: each program as it is; and each with its tiles along the snake or along a compact walk of the grid
/// (also mirrored at the diagonal), with digital and attention units near their data. With spec.annealing_moves the
/// best one is annealed. Chips, tiers and the contents of tiles stay as they are.
/// Units of which a chip has more than it has operators are chosen near their data in each.
[[nodiscard]] Program lay_out(std::span<const Program> programs, const MappingSpec& spec);

/// Of the units of which a chip has more than it has operators, gives each operator the one nearest to its data;
/// everything else stays where it is.
void use_nearby_of_spare_units(Program& program);

}  // namespace aimc::sim
