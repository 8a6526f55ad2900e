#include "sim/experiment/layer_view.h"

#include <algorithm>

#include "sim/experiment/probe.h"

namespace aimc::sim {
namespace {

constexpr double most_macs = 2e12;  // some ten seconds of two cores
constexpr std::int64_t fewest_tokens = 8;

}  // namespace

std::int64_t layer_view_tokens(std::int64_t wanted, const workloads::Graph& graph, std::size_t linears) {
  const double macs_of_a_token = static_cast<double>(workloads::static_macs(graph)) * static_cast<double>(linears);
  const auto affordable = static_cast<std::int64_t>(most_macs / macs_of_a_token);
  return std::min(wanted, std::max(fewest_tokens, affordable));
}

LayerView view_layers(const ExperimentSpec& spec, const LoadedModel& loaded, LinearStore& linears,
                      const DeploymentPlan& plan) {
  LayerView view;
  view.deployment = plan.name;
  if (spec.accuracy.layer_tokens == 0) {
    view.not_measured = "accuracy.layer_tokens is 0";
    return view;
  }
  const auto wanted = layer_view_tokens(spec.accuracy.layer_tokens, plan.program->graph, plan.program->linears.size());
  const auto probe = probe_tokens(spec, loaded, wanted);
  if (probe.empty()) {
    view.not_measured = "the experiment names no accuracy.calibration_text to look at linears with";
    return view;
  }
  view.tokens = static_cast<std::int64_t>(probe.size());
  for (const auto& quality : measure_linears(plan, linears, loaded.shared, probe, spec.seed))
    view.linears.push_back({plan.program->graph.node(quality.linear).name, quality});
  return view;
}

}  // namespace aimc::sim
