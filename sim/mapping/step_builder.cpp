#include "sim/mapping/step_builder.h"

#include <algorithm>
#include <variant>

#include "base/check/check.h"
#include "sim/program/memory_channels.h"

namespace aimc::sim {

using tiles::VectorOperation;
using workloads::Node;
using workloads::Operand;

StepBuilder::StepBuilder(Program& program, const Placement& placement, const LayerGroups& groups)
    : program_(program),
      placement_(placement),
      groups_(groups),
      pieces_(program.graph.nodes.size()),
      next_digital_(program.chips, 0),
      next_attention_(program.chips, 0) {}

void StepBuilder::add(const Node& node) {
  if (std::holds_alternative<workloads::LinearOp>(node.op)) {
    const LinearPlacement& placement = program_.placement(node.id);
    AIMC_CHECK(placement.unit != LinearUnit::floating_point, "{} has no hardware, so it has no steps", node.name);
    return placement.unit == LinearUnit::analog ? add_analog_linear(node, placement) : add_digital_linear(node);
  }
  if (std::holds_alternative<workloads::AttentionOp>(node.op)) return add_attention(node);
  if (const auto* sample = std::get_if<workloads::SampleOp>(&node.op))
    return add_vector_operator(node, VectorOperation::sample, sample->vocabulary);
  if (std::holds_alternative<workloads::EmbedOp>(node.op))
    return add_vector_operator(node, VectorOperation::embed, node.out_features);
  if (std::holds_alternative<workloads::RmsNormOp>(node.op))
    return add_vector_operator(node, VectorOperation::rms_norm, node.out_features);
  if (std::holds_alternative<workloads::RopeOp>(node.op))
    return add_vector_operator(node, VectorOperation::rope, node.out_features);
  if (std::holds_alternative<workloads::SwigluOp>(node.op))
    return add_vector_operator(node, VectorOperation::swiglu, node.out_features);
  AIMC_CHECK(std::holds_alternative<workloads::AddOp>(node.op), "no steps are known for {}", node.name);
  add_vector_operator(node, VectorOperation::add, node.out_features);
}

Step& StepBuilder::append(const Node& node, StepKind kind, UnitAddress unit, std::int64_t elements) {
  Step step;
  step.id = static_cast<StepId>(program_.steps.size());
  step.kind = kind;
  step.node = node.id;
  step.unit = unit;
  step.elements = elements;
  step.channel = channel_for(program_.hardware, unit.chip, groups_.group[node.id]);
  step.occurrence = groups_.sampled[node.id] ? Occurrence::sampled_token : Occurrence::every_token;
  return program_.steps.emplace_back(step);
}

Step& StepBuilder::append_vector(const Node& node, VectorOperation operation, UnitAddress unit, std::int64_t elements) {
  Step& step = append(node, StepKind::vector_operation, unit, elements);
  step.operation = operation;
  return step;
}

std::vector<StepInput> StepBuilder::inputs_of(const Operand& operand) const {
  std::vector<StepInput> inputs;
  for (const Piece& piece : pieces_[operand.node]) {
    const Index begin = std::max<Index>(piece.begin, operand.offset);
    const Index end = std::min<Index>(piece.begin + piece.width, operand.offset + operand.width);
    if (begin < end) inputs.push_back({piece.step, end - begin, piece.bits});
  }
  return inputs;
}

void StepBuilder::read_operands(const Node& node, Step& step) const {
  for (const Operand& operand : node.inputs)
    for (const StepInput& input : inputs_of(operand)) step.inputs.push_back(input);
}

UnitAddress StepBuilder::next_unit(const Node& node, Component component) {
  const std::uint32_t chip = placement_.home_chip[groups_.group[node.id]];
  const bool digital = component == Component::digital_unit;
  std::uint32_t& next = digital ? next_digital_[chip] : next_attention_[chip];
  const auto units = digital ? program_.hardware.chip.digital_units : program_.hardware.chip.attention_units;
  return {component, chip, static_cast<std::uint32_t>(next++ % units)};
}

void StepBuilder::add_vector_operator(const Node& node, VectorOperation operation, std::int64_t elements) {
  Step& step = append_vector(node, operation, next_unit(node, Component::digital_unit), elements);
  read_operands(node, step);
  pieces_[node.id] = {{step.id, 0, node.out_features, program_.hardware.digital.activation_bits}};
}

void StepBuilder::add_attention(const Node& node) {
  Step& step = append(node, StepKind::attention, next_unit(node, Component::attention_unit), node.out_features);
  step.order = StepOrder::token_order;
  step.kv_heads = std::get<workloads::AttentionOp>(node.op).kv_heads;
  read_operands(node, step);
  program_.kv_caches.push_back({node.id, step.unit, step.kv_heads, step.channel});
  pieces_[node.id] = {{step.id, 0, node.out_features, program_.hardware.digital.activation_bits}};
}

UnitAddress StepBuilder::encoding_unit(const Node& linear) {
  const std::vector<StepInput> sources = inputs_of(linear.inputs.front());
  if (sources.size() == 1)
    if (const UnitAddress& unit = program_.steps[sources[0].from].unit; unit.component == Component::digital_unit)
      return unit;
  return next_unit(linear, Component::digital_unit);
}

StepId StepBuilder::append_encoding(const Node& linear, tiles::InputRangeMode range) {
  const UnitAddress unit = encoding_unit(linear);
  const Operand& operand = linear.inputs.front();
  const std::vector<StepInput> sources = inputs_of(operand);
  if (range == tiles::InputRangeMode::static_range) {
    Step& quantize = append_vector(linear, VectorOperation::quantize, unit, operand.width);
    quantize.inputs = sources;
    return quantize.id;
  }
  Step& maximum = append_vector(linear, VectorOperation::range_maximum, unit, operand.width);
  maximum.inputs = sources;
  const StepId maximum_id = maximum.id;
  // The vector has come to the unit with the range maximum; the ranges travel on with the codes.
  Step& quantize = append_vector(linear, VectorOperation::quantize, unit, operand.width);
  quantize.inputs = {{maximum_id, operand.width, program_.hardware.digital.activation_bits}};
  return quantize.id;
}

StepId StepBuilder::encoded_input(const Node& linear, LinearUnit unit) {
  const HardwareSpec& hardware = program_.hardware;
  const bool analog = unit == LinearUnit::analog;
  const auto range = analog ? hardware.tile.input.range : hardware.digital.input_range;
  if (hardware.tile.input.sharing == tiles::InputRangeSharing::per_linear) return append_encoding(linear, range);
  const Operand& operand = linear.inputs.front();
  const EncodingKey key{operand.node, operand.offset, operand.width, unit, groups_.sampled[linear.id]};
  const auto found = encodings_.find(key);
  if (found != encodings_.end()) return found->second;
  return encodings_[key] = append_encoding(linear, range);
}

void StepBuilder::add_analog_linear(const Node& node, const LinearPlacement& linear) {
  const StepId codes = encoded_input(node, LinearUnit::analog);
  const tiles::TileSpec& tile = program_.hardware.tile;
  const auto row_tiles = static_cast<std::uint32_t>(linear.row_tiles.size());
  const auto column_tiles = static_cast<std::uint32_t>(linear.column_tiles.size());
  const StepId first_mvm = static_cast<StepId>(program_.steps.size());
  for (ShardId id = linear.first_shard; id < linear.first_shard + linear.shard_count; ++id) {
    const Shard& shard = program_.shards[id];
    Step& step = append(node, StepKind::mvm, shard.tile, shard.columns);
    step.shard = id;
    step.inputs = {{codes, shard.rows, tile.input.bits}};
  }
  for (std::uint32_t column = 0; column < column_tiles; ++column) {
    const Shard& first = program_.shards[linear.first_shard + column];
    StepId result = first_mvm + column;
    if (row_tiles > 1) {
      Step& step = append(node, StepKind::accumulate, first.tile, first.columns);
      step.shard = first.id;
      step.inner = row_tiles;
      for (std::uint32_t row = 0; row < row_tiles; ++row)
        step.inputs.push_back({first_mvm + row * column_tiles + column, first.columns, tile.partial_sum_bits});
      result = step.id;
    }
    pieces_[node.id].push_back({result, first.column_begin, first.columns, tile.partial_sum_bits});
  }
}

void StepBuilder::add_digital_linear(const Node& node) {
  const tiles::DigitalSpec& digital = program_.hardware.digital;
  const auto& op = std::get<workloads::LinearOp>(node.op);
  std::vector<StepInput> inputs;
  if (digital.weight_bits == 16)  // weights as stored: inputs stay float
    inputs = inputs_of(node.inputs.front());
  else
    inputs = {{encoded_input(node, LinearUnit::digital), op.in_features, digital.input_bits}};
  Step& step = append(node, StepKind::digital_matmul, next_unit(node, Component::digital_unit), op.out_features);
  step.inner = op.in_features;
  step.inputs = std::move(inputs);
  pieces_[node.id] = {{step.id, 0, op.out_features, digital.activation_bits}};
}

}  // namespace aimc::sim
