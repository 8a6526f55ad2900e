#pragma once
#include <cstdint>

#include "sim/mapping/traffic.h"

namespace aimc::sim {

/// Simulated annealing of a layout: a move lets the contents of two tiles of one chip, or two operators on units of one
/// kind and chip, change places. Costs are weighted hops; the temperature falls geometrically from the mean change of a
/// move to a ten-thousandth of it. The result is never worse than the start. The same seed gives the same layout.
/// (Kirkpatrick et al., Science 220, 671, 1983.)
void anneal(Traffic& traffic, const HopDistance& distance, std::int64_t moves, std::uint64_t seed);

}  // namespace aimc::sim
