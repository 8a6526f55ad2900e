#pragma once
#include "sim/mapping/traffic.h"

namespace aimc::sim {

/// Gives every operator on a digital or attention unit the unit of its chip from which its data travels the fewest
/// weighted hops, as long as no unit gets more operators than an even deal would give it. Operators choose in graph
/// order, `sweeps` times.
void choose_nearby_units(Traffic& traffic, const ChipSpec& chip, const HopDistance& distance, int sweeps);

/// The same for the units of which a chip has more than it has operators: those that nobody needs do not push the used
/// ones apart. Other units stay as they were dealt.
void choose_nearby_of_spare_units(Traffic& traffic, const ChipSpec& chip, const HopDistance& distance);

}  // namespace aimc::sim
