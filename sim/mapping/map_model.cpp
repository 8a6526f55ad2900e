#include <fmt/format.h>

#include "base/check/error.h"
#include "sim/mapping/chip_count.h"
#include "sim/mapping/cut_linears.h"
#include "sim/mapping/layout.h"
#include "sim/mapping/mapper.h"
#include "sim/mapping/step_builder.h"
#include "sim/mapping/strategies.h"
#include "sim/mapping/unit_count.h"

namespace aimc::sim {
namespace {

/// A model on its way to a Program.
struct Task {
  const workloads::Graph& graph;
  const HardwareSpec& hardware;
  const MappingSpec& spec;
  LayerGroups groups;
};

void place(const Task& task, Placement& placement) {
  const auto& [graph, hardware, spec, groups] = task;
  switch (spec.strategy) {
    case MappingStrategy::in_order:
    case MappingStrategy::blocks:
    case MappingStrategy::replicate:
      place_in_order(placement, groups, hardware, graph.model_name);
      break;
    case MappingStrategy::tiers:
      place_tiers(placement, groups, hardware, graph);
      break;
    case MappingStrategy::pipeline:
      place_pipeline(placement, groups, hardware, graph.model_name);
      break;
  }
  refuse_idle_chips(placement, hardware);
}

Program build(const Task& task, Placement placement) {
  Program program;
  program.graph = task.graph;
  program.hardware = task.hardware;
  program.chips = placement.chips;
  program.linears = std::move(placement.linears);
  program.embedding = std::move(placement.embedding);
  program.shards = std::move(placement.shards);
  if (!program.physical()) return program;
  StepBuilder builder(program, placement.home_chip, task.groups, task.spec.attention_units_per_layer);
  for (const workloads::Node& node : task.graph.nodes) builder.add(node);
  return program;
}

/// Programs that differ in the order in which shards take tiles: row tile by row tile, and column tile by column tile.
std::vector<Program> build_variants(const Task& task, const Placement& cut, bool several) {
  std::vector<Program> programs;
  for (const LayingOrder order : {LayingOrder::as_numbered, LayingOrder::column_tiles}) {
    Placement placement = cut;
    placement.order = order;
    if (task.hardware.tile.arrays > 1) placement.order = LayingOrder::column_tiles;
    place(task, placement);
    programs.push_back(build(task, std::move(placement)));
    if (!several || task.hardware.tile.arrays > 1) break;
  }
  return programs;
}

/// A layer's cache lies with the unit that serves it.
void place_kv_caches(Program& program) {
  for (const Step& step : program.steps)
    if (step.kind == StepKind::attention)
      program.kv_caches.push_back(
          {step.node, step.unit, step.kv_heads, program.hardware.attention.kv_memory, step.channel});
}

void check_attention_units(const workloads::Graph& graph, const HardwareSpec& hardware, std::int64_t units) {
  if (units > hardware.chip.attention_units)
    throw ConfigError(
        fmt::format("mapping.attention_units_per_layer: {} units are to share a layer, but a chip of {} has {} "
                    "(hardware.chip.attention_units)",
                    units, hardware.name, hardware.chip.attention_units));
  for (const workloads::Node& node : graph.nodes)
    if (const auto* attention = std::get_if<workloads::AttentionOp>(&node.op); attention && units > attention->kv_heads)
      throw ConfigError(
          fmt::format("mapping.attention_units_per_layer: {} units are to share the {} KV heads of {}; "
                      "give at most {}",
                      units, attention->kv_heads, node.name, attention->kv_heads));
}

}  // namespace

Program map_model(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of,
                  const MappingSpec& spec) {
  const Task task{graph, hardware, spec, find_layer_groups(graph)};
  check_attention_units(graph, hardware, spec.attention_units_per_layer);
  std::map<NodeId, std::uint32_t> copies;
  if (spec.strategy == MappingStrategy::replicate) copies = choose_copies(graph, task.groups, hardware, unit_of, spec);
  const Placement cut = cut_linears(graph, hardware, unit_of, copies, spec.embedding);
  const bool lays_out = spec.strategy == MappingStrategy::blocks || spec.strategy == MappingStrategy::pipeline;
  std::vector<Program> programs = build_variants(task, cut, lays_out);
  for (const Program& program : programs) refuse_idle_units(program, spec);
  const bool physical = !programs.front().steps.empty();
  Program program = lays_out && physical ? lay_out(programs, spec) : std::move(programs.front());
  if (!lays_out && physical) use_nearby_of_spare_units(program);
  place_kv_caches(program);
  validate(program);
  return program;
}

Program map_in_order(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of) {
  return map_model(graph, hardware, unit_of, {});
}

}  // namespace aimc::sim
