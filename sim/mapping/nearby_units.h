#pragma once
#include "sim/mapping/traffic.h"

namespace aimc::sim {

/// Gives every operator on a digital or attention unit the unit of its chip from which its data travels the fewest
/// weighted hops, as long as no unit gets more operators than an even deal would give it. Operators choose in graph
/// order, `sweeps` times.
void choose_nearby_units(Traffic& traffic, const ChipSpec& chip, const HopDistance& distance, int sweeps);

}  // namespace aimc::sim
