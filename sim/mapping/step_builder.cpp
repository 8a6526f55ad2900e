#include "sim/mapping/step_builder.h"

#include <algorithm>
#include <variant>

#include "base/check/check.h"
#include "sim/mapping/reduction_tree.h"
#include "sim/program/memory_channels.h"

namespace aimc::sim {

using tiles::VectorOperation;
using workloads::Node;
using workloads::Operand;

StepBuilder::StepBuilder(Program& program, std::vector<std::uint32_t> home_chip, const LayerGroups& groups,
                         std::int64_t attention_units)
    : program_(program),
      home_chip_(std::move(home_chip)),
      groups_(groups),
      attention_units_(attention_units),
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
  if (std::holds_alternative<workloads::EmbedOp>(node.op) && program_.embedding)
    return add_look_up(node, *program_.embedding);
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
  const std::uint32_t chip = home_chip_[groups_.group[node.id]];
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
  const std::int64_t kv_heads = std::get<workloads::AttentionOp>(node.op).kv_heads;
  std::int64_t first = 0;
  for (const Index part : tiles::balanced_split(kv_heads, (kv_heads + attention_units_ - 1) / attention_units_)) {
    add_attention_part(node, first, part);
    first += part;
  }
}

void StepBuilder::add_attention_part(const Node& node, std::int64_t first_kv_head, std::int64_t kv_heads) {
  const auto& op = std::get<workloads::AttentionOp>(node.op);
  const std::int64_t queries = op.heads / op.kv_heads * op.head_dim;  // of one KV head
  Step& step = append(node, StepKind::attention, next_unit(node, Component::attention_unit), kv_heads * queries);
  step.order = StepOrder::token_order;
  step.kv_heads = kv_heads;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::int64_t width = i == 0 ? queries : op.head_dim;
    Operand part = node.inputs[i];
    part.offset += first_kv_head * width;
    part.width = kv_heads * width;
    for (const StepInput& input : inputs_of(part)) step.inputs.push_back(input);
  }
  pieces_[node.id].push_back(
      {step.id, first_kv_head * queries, step.elements, program_.hardware.digital.activation_bits});
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
    const StepId result = row_tiles > 1 ? add_partial_sums(node, linear, first_mvm, column) : first_mvm + column;
    pieces_[node.id].push_back({result, first.column_begin, first.columns, tile.partial_sum_bits});
  }
}

StepId StepBuilder::add_partial_sums(const Node& node, const LinearPlacement& linear, StepId first_mvm,
                                     std::uint32_t column_tile) {
  const HardwareSpec& hardware = program_.hardware;
  std::vector<PartialSum> sums;
  for (std::uint32_t row = 0; row < linear.row_tiles.size(); ++row) {
    const auto at = static_cast<std::uint32_t>(row * linear.column_tiles.size() + column_tile);
    sums.push_back({first_mvm + at, linear.first_shard + at});
  }
  const Index columns = linear.column_tiles[column_tile];
  const auto add = [&](const PartialSum& place, std::span<const PartialSum> parts) {
    Step& step = append(node, StepKind::accumulate, program_.shards[place.shard].tile, columns);
    step.shard = place.shard;
    step.inner = std::ssize(parts);
    step.reduction = hardware.network.reduction;
    for (const PartialSum& part : parts) step.inputs.push_back({part.step, columns, hardware.tile.partial_sum_bits});
    return PartialSum{step.id, place.shard};
  };
  return reduce(sums, hardware.network.reduction, add).step;
}

// The row of a token: one MVM on each column tile of the row tile it lies in, and nothing to encode.
void StepBuilder::add_look_up(const Node& node, const LinearPlacement& table) {
  for (ShardId id = table.first_shard; id < table.first_shard + table.shard_count; ++id) {
    const Shard& shard = program_.shards[id];
    Step& step = append(node, StepKind::mvm, shard.tile, shard.columns);
    step.shard = id;
    pieces_[node.id].push_back({step.id, shard.column_begin, shard.columns, program_.hardware.tile.partial_sum_bits});
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
