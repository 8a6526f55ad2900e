#pragma once
#include <cstdint>
#include <vector>

#include "interconnect/spec/interconnect_spec.h"

namespace aimc::sim {

/// A walk through all nodes of a grid (y * width + x) whose every stretch is compact: a Hilbert curve generalised to
/// rectangles. Steps go to neighbours, but for a few diagonal ones where sides are odd. (J. Cerveny, "gilbert", 2018.)
[[nodiscard]] std::vector<std::uint32_t> compact_walk(interconnect::Grid grid);

}  // namespace aimc::sim
