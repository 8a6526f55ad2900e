#pragma once
#include <functional>

#include "sim/mapping/mapping_spec.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Which unit computes each linear of the graph.
using UnitChooser = std::function<LinearUnit(const workloads::Node& linear)>;

/// Maps the model weight-stationary with the strategy of `spec`; digital, attention and memory work of a layer stays on
/// the layer's home chip, where its arrays begin. Partial sums meet as hardware.network.reduction says. Throws
/// ConfigError when the model does not fit hardware.chip.chips (saying how many tiles, tiers and chips it would take),
/// when given chips would hold nothing, and when the hardware lacks what the strategy needs.
Program map_model(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of,
                  const MappingSpec& spec);

/// The same with strategy in_order.
Program map_in_order(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of);

}  // namespace aimc::sim
