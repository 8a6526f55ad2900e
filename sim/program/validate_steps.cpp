#include <algorithm>
#include <set>
#include <variant>

#include "base/check/check.h"
#include "sim/program/validate.h"

namespace aimc::sim {
namespace {

using tiles::VectorOperation;
using workloads::Node;

bool prepares_input(const Step& step) {
  return step.kind == StepKind::vector_operation &&
         (step.operation == VectorOperation::quantize || step.operation == VectorOperation::range_maximum);
}

std::int64_t operand_width(const Node& node) {
  std::int64_t width = 0;
  for (const workloads::Operand& operand : node.inputs) width += operand.width;
  return width;
}

/// The part of an attention operator's heads that a step serves.
std::int64_t share_of_heads(const Program& program, const Step& step, std::int64_t elements) {
  const auto& op = std::get<workloads::AttentionOp>(program.graph.node(step.node).op);
  AIMC_CHECK(step.kv_heads > 0 && step.kv_heads <= op.kv_heads && elements % op.kv_heads == 0,
             "step {} serves {} of {} KV heads", step.id, step.kv_heads, op.kv_heads);
  return elements / op.kv_heads * step.kv_heads;
}

/// Elements a step has to receive: those of its operands, its shard or its partial sums.
std::int64_t elements_read(const Program& program, const Step& step) {
  switch (step.kind) {
    case StepKind::mvm:  // a look-up begins with the token's id alone
      return program.embedding && program.embedding->linear == step.node ? 0 : program.shards[step.shard].rows;
    case StepKind::accumulate:
      return step.inner * step.elements;
    case StepKind::digital_matmul:
      return step.inner;
    case StepKind::attention:
      return share_of_heads(program, step, operand_width(program.graph.node(step.node)));
    case StepKind::vector_operation:
      break;
  }
  return operand_width(program.graph.node(step.node));
}

/// Elements a step hands on.
std::int64_t elements_made(const Program& program, const Step& step) {
  return step.kind == StepKind::mvm ? program.shards[step.shard].columns : step.elements;
}

Component component_for(StepKind kind) {
  if (kind == StepKind::mvm || kind == StepKind::accumulate) return Component::crossbar_tile;
  return kind == StepKind::attention ? Component::attention_unit : Component::digital_unit;
}

void check_unit(const Program& program, const Step& step) {
  const ChipSpec& chip = program.hardware.chip;
  const Component component = component_for(step.kind);
  const std::int64_t units = component == Component::crossbar_tile  ? chip.tiles
                             : component == Component::digital_unit ? chip.digital_units
                                                                    : chip.attention_units;
  AIMC_CHECK(step.unit.component == component && step.unit.chip < program.chips && step.unit.index < units,
             "step {} ({}) on {} {} of chip {}, which is not there", step.id, name(step.kind),
             name(step.unit.component), step.unit.index, step.unit.chip);
}

void check_inputs(const Program& program, const Step& step) {
  std::int64_t received = 0;
  for (const StepInput& input : step.inputs) {
    AIMC_CHECK(input.from < step.id, "step {} reads step {}, which does not come before it", step.id, input.from);
    const Step& from = program.steps[input.from];
    AIMC_CHECK(
        input.elements > 0 && input.elements <= elements_made(program, from) && input.bits > 0 && input.bits <= 32,
        "step {} reads {} elements of {} bits from step {}, which makes {}", step.id, input.elements, input.bits,
        from.id, elements_made(program, from));
    AIMC_CHECK(from.occurrence == Occurrence::every_token || step.occurrence == Occurrence::sampled_token,
               "step {} runs for every token but reads step {}, which does not", step.id, from.id);
    received += input.elements;
  }
  AIMC_CHECK(received == elements_read(program, step), "step {} of {} receives {} elements and needs {}", step.id,
             program.graph.node(step.node).name, received, elements_read(program, step));
}

void check_mvm(const Program& program, const Step& step, std::set<ShardId>& done) {
  AIMC_CHECK(step.shard < program.shards.size(), "step {} on shard {}", step.id, step.shard);
  const Shard& shard = program.shards[step.shard];
  AIMC_CHECK(shard.linear == step.node && shard.tile == step.unit && shard.columns == step.elements,
             "step {} does not run where shard {} lies", step.id, shard.id);
  AIMC_CHECK(shard.replica == 0, "step {} runs on copy {}: steps exist for the first copy only", step.id,
             shard.replica);
  AIMC_CHECK(done.insert(shard.id).second, "shard {} is multiplied twice", shard.id);
}

/// How many steps (attention: KV heads of its steps) each operator must have, apart from the preparation of inputs and
/// from additions of partial sums.
std::int64_t steps_expected(const Program& program, const Node& node) {
  if (const auto* attention = std::get_if<workloads::AttentionOp>(&node.op)) return attention->kv_heads;
  const bool looked_up = program.embedding && program.embedding->linear == node.id;
  if (!std::holds_alternative<workloads::LinearOp>(node.op) && !looked_up) return 1;
  const LinearPlacement& linear = program.placement(node.id);
  return linear.unit == LinearUnit::digital ? 1 : linear.shard_count;
}

}  // namespace

void validate_steps(const Program& program) {
  if (!program.physical()) {
    AIMC_CHECK(program.steps.empty(), "steps for a program that has linears without hardware");
    return;
  }
  std::set<ShardId> multiplied;
  std::vector<std::int64_t> steps_of(program.graph.nodes.size(), 0);
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    AIMC_CHECK(step.id == i && step.node < program.graph.nodes.size() && step.elements > 0,
               "step {} at place {}, node {}, {} elements", step.id, i, step.node, step.elements);
    check_unit(program, step);
    if (step.kind == StepKind::mvm) check_mvm(program, step, multiplied);
    check_inputs(program, step);
    if (step.kind == StepKind::attention) {
      steps_of[step.node] += step.kv_heads;
    } else if (!prepares_input(step) && step.kind != StepKind::accumulate) {
      ++steps_of[step.node];
    }
  }
  std::size_t shards = program.embedding ? program.embedding->shard_count : 0;
  for (const LinearPlacement& linear : program.linears) shards += linear.shard_count;
  AIMC_CHECK(multiplied.size() == shards, "{} of {} shards are multiplied", multiplied.size(), shards);
  validate_reductions(program);
  for (const Node& node : program.graph.nodes)
    AIMC_CHECK(steps_of[node.id] == steps_expected(program, node), "{} has {} steps, {} expected", node.name,
               steps_of[node.id], steps_expected(program, node));
}

}  // namespace aimc::sim
