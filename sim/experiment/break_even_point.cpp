#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "sim/experiment/break_even.h"
#include "sim/experiment/break_even_rates.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/hardware_file.h"
#include "sim/experiment/loaded_model.h"

namespace aimc::sim {
namespace {

// The experiment on other hardware: same model, all linears digital.
ExperimentSpec on_hardware(const ExperimentSpec& spec, const std::string& system) {
  ExperimentSpec other = spec;
  LoadedHardware hardware = load_hardware(system, {});
  other.hardware_name = system;
  other.hardware = std::move(hardware.spec);
  other.energy = std::move(hardware.energy);
  std::erase_if(other.provenance, [](const auto& entry) { return entry.first.starts_with("hardware."); });
  other.provenance.merge(hardware.provenance);
  DeploymentSpec digital;
  digital.linears = LinearUnit::digital;
  other.deployments = {digital};
  other.mapping = {};  // strategies are for arrays
  other.workload.deployment.clear();
  return other;
}

bool all_digital(const Program& program) {
  return std::ranges::none_of(program.linears, [](const auto& p) { return p.unit == LinearUnit::analog; });
}

// Each sequence has all but its last `tokens` positions in the KV cache.
InferenceWorkload decode_workload(const BreakEvenSpec& spec, const Program& program, std::int64_t batch,
                                  std::int64_t context) {
  InferenceWorkload workload;
  Request request;
  request.context_tokens = context - spec.tokens;
  request.prompt_tokens = 1;
  request.new_tokens = spec.tokens;
  workload.requests.assign(static_cast<std::size_t>(batch), request);
  workload.batching = all_digital(program) ? Batching::iteration : Batching::none;
  return workload;
}

}  // namespace

double value_of(const BreakEvenPoint& point, BreakEvenMetric metric) {
  switch (metric) {
    case BreakEvenMetric::tokens_per_s:
      return point.tokens_per_s;
    case BreakEvenMetric::j_per_token:
      return point.j_per_token;
    case BreakEvenMetric::tokens_per_s_per_mm2:
      break;
  }
  return point.tokens_per_s_per_mm2();
}

BreakEvenPoint measure_point(const ExperimentSpec& spec, const std::string& system, std::int64_t batch,
                             std::int64_t context) {
  ExperimentSpec on = system == spec.hardware.name ? spec : on_hardware(spec, system);
  on.workload.prompt_tokens = 1;  // what is measured, for strategies that weigh linears by how often they run
  on.workload.new_tokens = spec.break_even.tokens;
  const auto model = workloads::open_model(spec.model.path, spec.model.format);
  if (context > model.config.context)
    throw ConfigError(
        fmt::format("breakeven.context: {} exceeds the model's context of {}", context, model.config.context));
  if (context <= spec.break_even.tokens)
    throw ConfigError(fmt::format("breakeven.context: {} does not hold the {} tokens of breakeven.tokens", context,
                                  spec.break_even.tokens));
  const DeploymentSpec* deployment = timed_deployment(on, model.graph);
  if (deployment == nullptr) throw ConfigError("no deployment of the experiment runs on hardware: nothing to compare");
  const Program program = map_deployment(model.graph, on, *deployment);
  const CostResult cost = simulate_cost(on, *deployment, program,
                                        decode_workload(spec.break_even, program, batch, context), {.exact = true});
  if (!cost.not_simulated.empty()) throw ConfigError(cost.not_simulated);
  BreakEvenPoint point;
  point.system = system, point.batch = batch, point.context = context;
  fill_rates(cost, spec.break_even.tokens, on.hardware.idle_policy, point);
  point.mm2 = cost.area.total.si() * 1e6;
  return point;
}

std::string to_json(const BreakEvenPoint& p) {
  const nlohmann::ordered_json json = {{"system", p.system},
                                       {"batch", p.batch},
                                       {"context", p.context},
                                       {"tokens_per_s", p.tokens_per_s},
                                       {"time_per_output_token_s", p.time_per_output_token_s},
                                       {"j_per_token", p.j_per_token},
                                       {"static_share", p.static_share},
                                       {"mm2", p.mm2},
                                       {"tokens_per_s_per_mm2", p.tokens_per_s_per_mm2()}};
  return json.dump() + "\n";
}

BreakEvenPoint point_of_json(const std::string& text) {
  const nlohmann::json json = parse_json(text, "a point of breakeven");
  const JsonView view(json, "a point of breakeven");
  BreakEvenPoint point;
  point.system = view.at("system").text();
  point.batch = view.at("batch").integer(1, INT64_MAX);
  point.context = view.at("context").integer(1, INT64_MAX);
  point.tokens_per_s = view.at("tokens_per_s").number();
  point.time_per_output_token_s = view.at("time_per_output_token_s").number();
  point.j_per_token = view.at("j_per_token").number();
  point.static_share = view.at("static_share").number();
  point.mm2 = view.at("mm2").number();
  return point;
}

}  // namespace aimc::sim
