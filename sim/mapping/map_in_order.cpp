#include "sim/mapping/layer_groups.h"
#include "sim/mapping/mapper.h"
#include "sim/mapping/place_shards.h"
#include "sim/mapping/step_builder.h"

namespace aimc::sim {

Program map_in_order(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of) {
  const LayerGroups groups = find_layer_groups(graph);
  Placement placement = place_shards(graph, groups, hardware, unit_of);
  Program program;
  program.graph = graph;
  program.hardware = hardware;
  program.chips = placement.chips;
  program.linears = std::move(placement.linears);
  program.shards = std::move(placement.shards);
  if (program.physical()) {
    StepBuilder builder(program, placement, groups);
    for (const workloads::Node& node : graph.nodes) builder.add(node);
  }
  validate(program);
  return program;
}

}  // namespace aimc::sim
