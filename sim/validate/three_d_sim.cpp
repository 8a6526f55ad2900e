#include "sim/validate/three_d_sim.h"

#include <map>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

using tiles::VectorOperation;
using StepIds = std::vector<StepId>;

/// Steps that produce the row tiles of an output, row tile by row tile: [row tiles][column tiles].
using PartialSums = std::vector<StepIds>;

/// Nodes of the graph, to which steps are booked.
enum NodeOf : NodeId { linear_node, vector_node, attention_node, node_count };

class Builder {
 public:
  Builder(const ThreeDSimSetup& setup, const HardwareSpec& hardware) : setup_(setup) {
    program_.hardware = hardware;
    for (NodeId id = 0; id < node_count; ++id) {
      workloads::Node node;
      node.id = id;
      node.out_features = setup.width;
      program_.graph.nodes.push_back(node);
    }
    program_.graph.nodes[linear_node].op = workloads::LinearOp{setup.width, setup.width};
    program_.graph.nodes[vector_node].op = workloads::AddOp{};
    program_.graph.nodes[attention_node].op = workloads::AttentionOp{1, 1, 1, 0, 0};
  }

  Program encoder();
  Program decoder();

 private:
  /// What a layer hands to the next for each token.
  struct Tokens {
    StepIds into_layer;  ///< read by q, k and v; empty: they are there from the start
    StepIds residual;    ///< read by the first add
  };

  Step& append(StepKind kind, NodeId node, UnitAddress unit, std::int64_t elements) {
    Step step;
    step.id = static_cast<StepId>(program_.steps.size());
    step.kind = kind;
    step.node = node;
    step.unit = unit;
    step.elements = elements;
    return program_.steps.emplace_back(step);
  }
  void read(Step& step, const StepIds& from, std::int64_t elements) const {
    for (const StepId id : from) step.inputs.push_back({id, elements, program_.hardware.digital.activation_bits});
  }
  StepId vector(VectorOperation operation, UnitAddress unit, const StepIds& from) {
    Step& step = append(StepKind::vector_operation, vector_node, unit, setup_.width);
    step.operation = operation;
    read(step, from, setup_.width);
    return step.id;
  }
  /// Units of the chains of a token; enough of them, so that no two tokens under way share one.
  [[nodiscard]] UnitAddress digital_unit(std::int64_t token, int chain) const {
    constexpr int chains = 4;
    const auto units = program_.hardware.chip.digital_units;
    return {Component::digital_unit, 0, static_cast<std::uint32_t>((token * chains + chain) % units)};
  }

  PartialSums linear(const std::string& name, std::int64_t inputs, std::int64_t outputs, const StepIds& from);
  StepIds sum_rows(const PartialSums& sums, UnitAddress unit);
  StepId attention(std::int64_t layer, const std::vector<PartialSums>& vectors);
  Tokens layer(std::int64_t layer, Tokens in, std::int64_t tokens);
  StepId output_half(std::int64_t layer, std::int64_t token, StepId attended, const StepIds& residual, StepId& kept);
  StepId pass(std::int64_t tokens, const StepIds& after);

  const ThreeDSimSetup& setup_;
  Program program_;
  std::map<std::string, ShardId> first_shard_;  // of every matrix
};

PartialSums Builder::linear(const std::string& name, std::int64_t inputs, std::int64_t outputs, const StepIds& from) {
  const tiles::TileSpec& tile = program_.hardware.tile;
  const std::vector<Index> rows = tiles::balanced_split(inputs, tile.rows);
  const std::vector<Index> columns = tiles::balanced_split(outputs, tile.columns);
  const auto [place, is_new] = first_shard_.emplace(name, static_cast<ShardId>(program_.shards.size()));
  ShardId id = place->second;
  PartialSums sums;
  Index row_begin = 0;
  for (const Index row : rows) {
    StepIds& row_sums = sums.emplace_back();
    for (const Index column : columns) {
      if (is_new) {
        Shard shard;
        shard.id = id;
        shard.row_begin = row_begin;
        shard.rows = row;
        shard.columns = column;
        shard.tile = {Component::crossbar_tile, 0, id};
        program_.shards.push_back(shard);
      }
      Step& step = append(StepKind::mvm, linear_node, program_.shards[id].tile, column);
      step.shard = id++;
      read(step, from, row);
      row_sums.push_back(step.id);
    }
    row_begin += row;
  }
  return sums;
}

/// Adds row tile after row tile, all columns at once. One row tile needs no unit and no time.
StepIds Builder::sum_rows(const PartialSums& sums, UnitAddress unit) {
  StepIds sum = sums.front();
  for (std::size_t row = 1; row < sums.size(); ++row) {
    StepIds operands = sum;
    operands.insert(operands.end(), sums[row].begin(), sums[row].end());
    sum = {vector(VectorOperation::add, unit, operands)};
  }
  return sum;
}

StepId Builder::attention(std::int64_t layer, const std::vector<PartialSums>& vectors) {
  const auto unit = static_cast<std::uint32_t>(layer % program_.hardware.chip.attention_units);
  Step& step = append(StepKind::attention, attention_node, {Component::attention_unit, 0, unit}, setup_.width);
  for (const PartialSums& sums : vectors)
    for (const StepIds& row : sums) read(step, row, setup_.width);
  return step.id;
}

/// From attention to the end of the layer, for one token. `kept` is what the next layer adds again.
StepId Builder::output_half(std::int64_t layer, std::int64_t token, StepId attended, const StepIds& residual,
                            StepId& kept) {
  const std::string name = fmt::format("layer {} ", layer);
  const UnitAddress first = digital_unit(token, 0), second = digital_unit(token, 1), third = digital_unit(token, 2);
  StepIds sum = sum_rows(linear(name + "out", setup_.width, setup_.width, {attended}), first);
  sum.insert(sum.end(), residual.begin(), residual.end());
  const StepId added = vector(VectorOperation::add, first, sum);
  const StepId norm = vector(VectorOperation::rms_norm, first, {added});
  const StepIds inner = sum_rows(linear(name + "ffn 1", setup_.width, setup_.inner_width, {norm}), second);
  const StepId active = vector(VectorOperation::swiglu, second, inner);
  StepIds outer = sum_rows(linear(name + "ffn 2", setup_.inner_width, setup_.width, {active}), third);
  outer.push_back(setup_.decoder ? added : norm);  // a decoder's residual branches off before the norm
  kept = vector(VectorOperation::add, third, outer);
  const bool normed = !setup_.decoder || layer + 1 < setup_.layers;
  const StepId last = normed ? vector(VectorOperation::rms_norm, third, {kept}) : kept;
  if (!setup_.decoder) kept = last;
  return last;
}

Builder::Tokens Builder::layer(std::int64_t layer, Tokens in, std::int64_t tokens) {
  const std::string name = fmt::format("layer {} ", layer);
  std::vector<PartialSums> vectors;
  for (std::int64_t token = 0; token < tokens; ++token) {
    const StepIds from = in.into_layer.empty() ? StepIds{} : StepIds{in.into_layer[static_cast<std::size_t>(token)]};
    for (const char* matrix : {"q", "k", "v"})
      vectors.push_back(linear(name + matrix, setup_.width, setup_.width, from));
  }
  const StepId attended = attention(layer, vectors);
  Tokens out;
  for (std::int64_t token = 0; token < tokens; ++token) {
    const StepIds residual = in.residual.empty() ? StepIds{} : StepIds{in.residual[static_cast<std::size_t>(token)]};
    StepId kept = 0;
    out.into_layer.push_back(output_half(layer, token, attended, residual, kept));
    out.residual.push_back(kept);
  }
  return out;
}

Program Builder::encoder() {
  Tokens tokens;
  for (std::int64_t index = 0; index < setup_.layers; ++index) tokens = layer(index, tokens, setup_.tokens);
  const StepIds results = tokens.into_layer;
  const UnitAddress unit = program_.steps[results.back()].unit;
  vector(VectorOperation::sample, unit, results);
  return std::move(program_);
}

/// One run of a decoder over `tokens` tokens, `after` the sampler of the run before: up to the head's outputs.
StepId Builder::pass(std::int64_t tokens, const StepIds& after) {
  Tokens stream;
  for (std::int64_t token = 0; token < tokens; ++token) {
    StepIds looked_up;
    for (const char* table : {"token", "position"})
      looked_up.push_back(linear(table, program_.hardware.tile.rows, setup_.width, after).front().front());
    stream.into_layer.push_back(vector(VectorOperation::add, digital_unit(token, 3), looked_up));
  }
  stream.residual = stream.into_layer;
  for (std::int64_t index = 0; index < setup_.layers; ++index) stream = layer(index, stream, tokens);
  // Only the last token goes on; the others are read too, because a Program leaves no result unread.
  const UnitAddress unit = program_.steps[stream.into_layer.back()].unit;
  const StepId norm = vector(VectorOperation::rms_norm, unit, stream.into_layer);
  const PartialSums logits = linear("head", setup_.width, setup_.vocabulary, {norm});
  const bool last = setup_.kv_cache || tokens + 1 == setup_.tokens;
  return vector(last ? VectorOperation::sample : VectorOperation::add, unit, logits.front());
}

Program Builder::decoder() {
  if (setup_.kv_cache) {
    // The sampler's message to the tables begins every token, also the first.
    pass(1, {vector(VectorOperation::quantize, digital_unit(0, 3), {})});
    return std::move(program_);
  }
  StepIds after;
  for (std::int64_t tokens = 1; tokens < setup_.tokens; ++tokens) after = {pass(tokens, after)};
  return std::move(program_);
}

}  // namespace

Program three_d_sim_program(const ThreeDSimSetup& setup, const HardwareSpec& hardware) {
  Builder builder(setup, hardware);
  Program program = setup.decoder ? builder.decoder() : builder.encoder();
  AIMC_CHECK(std::ssize(program.shards) <= hardware.chip.tiles, "{} matrices tiles on {} tiles", program.shards.size(),
             hardware.chip.tiles);
  return program;
}

}  // namespace aimc::sim
