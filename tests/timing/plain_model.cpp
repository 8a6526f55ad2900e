#include "tests/timing/plain_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <variant>

#include "sim/program/floor_plan.h"
#include "tests/timing/hand_made.h"

namespace aimc::testing {
namespace {

using interconnect::Reduction;
using sim::Step;
using sim::StepInput;
using sim::StepKind;
using sim::UnitAddress;
using tiles::VectorOperation;

double cycles(double amount, double per_cycle) { return std::ceil(amount / per_cycle); }

/// In nanoseconds.
struct Span {
  double least = 0, alone = 0;  ///< behind its last input; with all that it does
};

double vector_nanoseconds(const Step& step) {
  switch (step.operation) {
    case VectorOperation::embed:
      return std::max(10.0, 50 + static_cast<double>(step.elements) * 2 / 10);  // 16 bits, 10 GB/s
    case VectorOperation::rms_norm:
    case VectorOperation::sample:
      return 20;
    case VectorOperation::rope:
      return 6;
    case VectorOperation::swiglu:
      return 8;
    case VectorOperation::add:
      return 4;
    case VectorOperation::quantize:
      return 5;
    case VectorOperation::range_maximum:
      break;
  }
  std::abort();  // the hand-made hardware has none
}

Span span_of(const sim::Program& program, const Step& step, std::int64_t position) {
  switch (step.kind) {
    case StepKind::vector_operation:
      return {vector_nanoseconds(step), vector_nanoseconds(step)};
    case StepKind::mvm:
      return {102, 102};
    case StepKind::accumulate: {
      const auto additions = static_cast<double>(step.inputs.size() - 1);
      return {step.reduction == Reduction::in_network || additions == 0 ? 0.0 : 1.0, additions};
    }
    case StepKind::attention: {
      const auto& op = std::get<workloads::AttentionOp>(program.graph.node(step.node).op);
      const double kv_bytes = 2.0 * 2 * static_cast<double>(step.kv_heads * op.head_dim);  // of a position
      const double time = 50 + kv_bytes * static_cast<double>(position + 2) / 10 + 30;     // 0 to position; its own
      return {time, time};
    }
    case StepKind::digital_matmul: {
      const auto weights = static_cast<double>(step.inner * step.elements);
      const double time = std::max(50 + weights / 2 / 10, weights / 64);
      return {time, time};
    }
  }
  std::abort();
}

/// Of one input, alone on its way.
double transfer(const sim::Program& program, const UnitAddress& from, const UnitAddress& to, const StepInput& input,
                bool in_network) {
  if (from == to && !in_network) return 0;
  const double bits = static_cast<double>(input.elements * input.bits);
  const double drain = from.component == Component::crossbar_tile ? cycles(bits / 8, 64) : 0;
  const interconnect::NetworkSpec& network = program.hardware.network;
  if (network.topology == interconnect::Topology::constant) {
    if (from.chip == to.chip) return drain + 10;
    const double chip_hops = interconnect::ChipGrid(program.chips).hops(from.chip, to.chip);
    const double link = (bits / 8 + network.header_bits / 8.0) / 8;
    return 10 + std::max(0.0, drain - link) + link + 20 * chip_hops + 10;
  }
  const sim::FloorPlan plan(program.hardware.chip);
  const int width = plan.grid().width;
  const auto a = static_cast<int>(plan.node_of(from)), b = static_cast<int>(plan.node_of(to));
  const double hops = std::abs(a % width - b % width) + std::abs(a / width - b / width);
  const double flits = cycles(bits + network.header_bits, network.flit_bits);
  return hops * network.hop_cycles + std::max(flits, drain);
}

}  // namespace

PlainTimes plain_times(const sim::Program& program, std::int64_t prompt_tokens, std::int64_t new_tokens) {
  double in_turn = 0, sampled = 0;
  std::vector<double> before(program.steps.size()), ends;
  for (std::int64_t token = 0; token < prompt_tokens + new_tokens - 1; ++token) {
    const bool samples = token >= prompt_tokens - 1;
    ends.assign(program.steps.size(), 0);
    double sample_end = 0;
    for (const Step& step : program.steps) {
      if (step.occurrence == sim::Occurrence::sampled_token && !samples) continue;
      const bool in_network = step.kind == StepKind::accumulate && step.reduction == Reduction::in_network;
      double ready = token < prompt_tokens ? 0 : sampled;
      if (step.order == sim::StepOrder::token_order) ready = std::max(ready, before[step.id]);
      for (const StepInput& input : step.inputs) {
        const double way = transfer(program, program.steps[input.from].unit, step.unit, input, in_network);
        ready = std::max(ready, ends[input.from] + way);
        in_turn += way;
      }
      const Span span = span_of(program, step, token);
      ends[step.id] = ready + span.least;
      in_turn += span.alone;
      if (step.operation == VectorOperation::sample) sample_end = ends[step.id];
    }
    if (samples) sampled = sample_end;
    before = ends;
  }
  return {ns(sampled), ns(in_turn)};
}

}  // namespace aimc::testing
