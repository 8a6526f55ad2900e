#pragma once
#include <functional>

#include "sim/program/program.h"

namespace aimc::sim {

/// Which unit computes each linear of the graph.
using UnitChooser = std::function<LinearUnit(const workloads::Node& linear)>;

/// Maps the model weight-stationary, in graph order: each linear's shards fill tiles (and tiers) chip after chip, over
/// as many chips as needed; digital, attention and memory work of a layer stays on the chip where the layer's arrays
/// begin. Throws ConfigError when the model does not fit hardware.chip.chips, saying how many tiles and chips it would
/// take.
Program map_in_order(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of);

}  // namespace aimc::sim
