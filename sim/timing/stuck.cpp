#include "sim/timing/stuck.h"

#include <fmt/format.h>

#include <algorithm>

namespace aimc::sim {
namespace {

constexpr int most_lines = 10;

std::string unit_name(const UnitAddress& unit) {
  return fmt::format("{} {} of chip {}", name(unit.component), unit.index, unit.chip);
}

std::string inputs_of(const Program& program, const Step& step) {
  std::string text;
  for (const StepInput& input : step.inputs) {
    const Step& from = program.steps[input.from];
    text += fmt::format("{}{} {} on {}", text.empty() ? "" : ", ", name(from.kind), from.id, unit_name(from.unit));
  }
  return text;
}

std::string line(const Program& program, const Pass& pass, const Step& step, std::uint16_t remaining) {
  const char* gate = step.order == StepOrder::token_order  ? ", or this step of the token before"
                     : step.order == StepOrder::all_tokens ? ", or the other tokens of the prompt"
                                                           : "";
  return fmt::format("\n  request {} token {}: {} {} ({}) on {} lacks {} of: {}{}", pass.request, pass.token,
                     name(step.kind), step.id, program.graph.node(step.node).name, unit_name(step.unit), remaining,
                     inputs_of(program, step), gate);
}

}  // namespace

std::string describe_stuck(const Program& program, const Playbook& book, const Passes& passes) {
  std::string text = "the chip stands still before all tokens are sampled:";
  int lines = 0;
  for (const PassId id : passes.in_flight()) {
    const std::uint16_t* remaining = passes.remaining(id);
    const auto has_started = [&](const StepInput& input) { return remaining[input.from] == 0; };
    for (const Step& step : program.steps) {
      if (remaining[step.id] == 0 || (book.steps[step.id].sampled_only && !passes[id].sampled)) continue;
      if (std::ranges::none_of(step.inputs, has_started)) continue;
      if (++lines > most_lines) return text + "\n  ...";
      text += line(program, passes[id], step, remaining[step.id]);
    }
  }
  return lines > 0 ? text : text + " requests wait for admission";
}

}  // namespace aimc::sim
