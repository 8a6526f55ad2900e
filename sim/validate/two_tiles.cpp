#include "sim/validate/two_tiles.h"

#include "base/check/error.h"

namespace aimc::sim {
namespace {

constexpr int element_bits = 8;

Step& append(Program& program, StepKind kind, UnitAddress unit, std::int64_t elements) {
  workloads::Node node;
  node.id = static_cast<NodeId>(program.graph.nodes.size());
  node.out_features = elements;
  node.op = workloads::LinearOp{elements, elements};
  program.graph.nodes.push_back(node);
  Step step;
  step.id = node.id;
  step.kind = kind;
  step.node = node.id;
  step.unit = unit;
  step.elements = elements;
  if (!program.steps.empty()) step.inputs.push_back({program.steps.back().id, elements, element_bits});
  return program.steps.emplace_back(step);
}

}  // namespace

Program two_tiles(const HardwareSpec& hardware, std::int64_t hops, std::int64_t payload_bits) {
  const interconnect::Grid grid = interconnect::square_grid(hardware.chip.tiles);
  if (hops < 1 || hops >= grid.width)
    throw ConfigError(fmt::format("{} hops do not fit the first row of {} x {} nodes of {}: choose 1 to {}", hops,
                                  grid.width, grid.height, hardware.name, grid.width - 1));
  Program program;
  program.hardware = hardware;
  const std::int64_t elements = payload_bits / element_bits;
  for (const std::int64_t place : {std::int64_t{0}, hops}) {
    const UnitAddress tile{Component::crossbar_tile, 0, static_cast<std::uint32_t>(place)};
    Shard shard;
    shard.id = static_cast<ShardId>(program.shards.size());
    shard.rows = shard.columns = elements;
    shard.tile = tile;
    program.shards.push_back(shard);
    append(program, StepKind::mvm, tile, elements).shard = shard.id;
  }
  append(program, StepKind::vector_operation, {Component::digital_unit, 0, 0}, elements).operation =
      tiles::VectorOperation::sample;
  return program;
}

}  // namespace aimc::sim
