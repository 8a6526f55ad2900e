#include "sim/experiment/lifetime.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/check/error.h"
#include "base/units/duration.h"
#include "sim/experiment/present_effects.h"

namespace aimc::sim {
namespace {

using config::Node;
using tiles::DriftCompensation;

constexpr std::int64_t default_seeds = 3;
constexpr std::array compensations{DriftCompensation::none, DriftCompensation::per_tile, DriftCompensation::per_column};
// Month and year as in the drift literature: 30 and 365 days.
constexpr std::array default_times{1.0, 60.0, 3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0, 365 * 86400.0};

std::vector<double> times_of(const LifetimeOptions& options) {
  return options.seconds.empty() ? std::vector<double>(default_times.begin(), default_times.end()) : options.seconds;
}

std::vector<std::string> drifting_devices() {
  std::vector<std::string> names;
  for (const auto& model : tiles::device_models())
    if (tiles::make_device({.model = model})->changes_with_time()) names.push_back(model);
  return names;
}

void check_drift(const DeploymentSpec& deployment, const std::vector<double>& seconds) {
  if (!may_use(deployment, LinearUnit::analog))
    throw ConfigError(
        "drift and its compensation belong to analog linears; name a deployment that has them (--deployment)");
  const auto options = device_options(deployment);
  const auto device = tiles::make_device(options);
  if (device->changes_with_time()) {
    for (const double time : seconds) device->check_time(time);
    return;
  }
  const bool switched_off = !deployment.effects.has(tiles::Effect::drift);
  throw ConfigError(fmt::format(
      "the device '{}' does not change with time{}, so its accuracy is the same for ever; devices that drift: {} "
      "(--device NAME)",
      deployment.noise, switched_off ? " without the effect drift" : "", fmt::join(drifting_devices(), ", ")));
}

Node text_node(const std::string& text) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  node.quoted = true;
  node.origin = {"--device", 0};
  return node;
}

void drop(Node& map, std::string_view key) {
  std::erase_if(map.entries, [&](const auto& entry) { return entry.first == key; });
}

// Held in another device: an alias and a label would name the old one, and its options are not the new one's.
void put_device(Node& deployment, const DeploymentSpec& spec, const std::string& device) {
  for (const char* key : {"label", "noise", "device", "additive_sigma"}) drop(deployment, key);
  if (!spec.alias.empty()) {
    drop(deployment, "alias");
    deployment.entries.emplace_back("linears", text_node(spec.linears == LinearUnit::analog ? "analog" : "float"));
  }
  deployment.entries.emplace_back("noise", text_node(device));
}

// The experiment with the deployment alone, as it is or with the device that the user named instead of its own.
ExperimentSpec with_device(const ExperimentSpec& experiment, const LifetimeOptions& options) {
  const auto model = workloads::open_model(experiment.model.path, experiment.model.format);
  const auto& chosen = find_deployment(experiment, model.graph, options.study.deployment);
  config::Diagnostics diagnostics;
  Node document = config::parse_yaml(experiment.resolved_yaml, experiment.name, diagnostics);
  Node& deployments = *document.find("deployments");
  deployments.items = {deployments.items.at(static_cast<std::size_t>(&chosen - experiment.deployments.data()))};
  if (!options.device.empty()) put_device(deployments.items.front(), chosen, options.device);
  if (Node* workload = document.find("workload"); workload != nullptr) drop(*workload, "deployment");
  ExperimentSpec spec = parse_experiment(document, experiment.name, diagnostics);
  check_drift(spec.deployments.front(), times_of(options));
  return spec;
}

std::vector<DeploymentPlan> plans_of(const Study& study, const std::vector<double>& seconds) {
  std::vector<DeploymentPlan> plans{study.reference()};
  for (const auto compensation : compensations)
    for (const double time : seconds) {
      DeploymentNumerics numerics = study.numerics();
      numerics.seconds = time;
      numerics.compensation = compensation;
      plans.push_back(study.variant(fmt::format("{} {}", name(compensation), duration_text(time)), numerics));
    }
  return plans;
}

}  // namespace

LifetimeResult live(const ExperimentSpec& experiment, const LifetimeOptions& options, const RunProgress& progress) {
  const ExperimentSpec spec = with_device(experiment, options);
  StudyOptions of_study = options.study;
  of_study.deployment.clear();  // the only one left
  const Study study(spec, of_study, default_seeds);
  LifetimeResult result;
  result.deployment = study.name();
  result.device = study.deployment().noise;
  result.resolved_yaml = spec.resolved_yaml;
  result.metric = study.metric();
  result.seeds = study.seeds();
  result.texts = static_cast<std::int64_t>(study.task().texts.size());
  result.choices = static_cast<std::int64_t>(study.task().choices.size());
  for (const auto& text : study.task().texts) result.characters += text.characters;
  result.seconds = times_of(options);

  const auto accuracies = study.evaluate(plans_of(study, result.seconds), progress);
  result.reference = study.metric_of(accuracies.front());
  auto next = accuracies.begin() + 1;
  for (const auto compensation : compensations) {
    LifetimeSeries& series = result.series.emplace_back();
    series.compensation = compensation;
    for (std::size_t i = 0; i < result.seconds.size(); ++i, ++next) {
      series.values.push_back(study.metric_of(*next));
      series.losses.push_back(study.loss(accuracies.front(), *next));
      series.compensation_reads = next->setup.compensation_reads;
    }
  }
  return result;
}

std::string_view name(DriftCompensation compensation) {
  switch (compensation) {
    case DriftCompensation::none:
      return "none";
    case DriftCompensation::per_tile:
      return "per_tile";
    case DriftCompensation::per_column:
      return "per_column";
  }
  return "?";
}

}  // namespace aimc::sim
