#include "sim/experiment/study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/check/error.h"
#include "sim/evaluate/summarize.h"
#include "sim/experiment/checkpoint.h"
#include "sim/experiment/deployment_name.h"

namespace aimc::sim {
namespace {

// The checkpoint of the deployment that is studied.
LoadedModel load_with_weights(const ExperimentSpec& spec, const std::string& deployment) {
  if (spec.accuracy.task.empty())
    throw ConfigError("accuracy.task: name a task, since this asks what something costs in accuracy");
  const LoadedModel loaded = load_model(spec.model);
  if (!loaded.has_weights())
    throw ConfigError(
        fmt::format("model.path: {} has no weights, so accuracy cannot be measured", spec.model.path.string()));
  return load_checkpoint(spec.model, loaded, find_deployment(spec, loaded.model.graph, deployment));
}

DeploymentSpec floating_point() {
  DeploymentSpec deployment;
  deployment.linears = LinearUnit::floating_point;
  return deployment;
}

}  // namespace

const DeploymentSpec& find_deployment(const ExperimentSpec& spec, const workloads::Graph& graph,
                                      const std::string& name) {
  if (name.empty()) {
    if (const DeploymentSpec* timed = timed_deployment(spec, graph)) return *timed;
    throw ConfigError("no deployment of the experiment runs on hardware; add one, for example {linears: analog}");
  }
  std::vector<std::string> names;
  for (const auto& deployment : spec.deployments) {
    names.push_back(deployment_name(deployment, spec.hardware));
    if (names.back() == name) return deployment;
  }
  throw ConfigError(fmt::format("--deployment: there is no '{}'; there are: {}", name, fmt::join(names, ", ")));
}

workloads::Task accuracy_task(const ExperimentSpec& spec, const LoadedModel& loaded) {
  workloads::TaskSpec task = spec.accuracy.items;
  if (spec.accuracy.text_limit > 0) task.limit = spec.accuracy.text_limit;
  if (spec.accuracy.choice_limit > 0) task.choice_limit = spec.accuracy.choice_limit;
  return workloads::load_task(task, *loaded.tokenizer, loaded.model.config.context);
}

Study::Study(const ExperimentSpec& spec, const StudyOptions& options, std::int64_t default_seeds)
    : spec_(spec),
      loaded_(load_with_weights(spec, options.deployment)),
      deployment_(find_deployment(spec, loaded_.model.graph, options.deployment)),
      task_(accuracy_task(spec, loaded_)),
      seeds_(options.seeds > 0 ? options.seeds : std::min(default_seeds, spec.accuracy.seeds)),
      program_(map_deployment(loaded_.model.graph, spec, deployment_)),
      reference_program_(map_deployment(loaded_.model.graph, spec, floating_point())),
      ranges_(deployment_ranges(spec, loaded_, deployment_, program_)) {
  if (task_.texts.empty()) metric_ = StudyMetric::choice_accuracy;
  // One metric is enough, and texts give the finer one.
  if (metric_ == StudyMetric::bits_per_character) task_.choices.clear();
  const auto cut = [](auto& items, std::int64_t limit) {
    if (limit > 0 && static_cast<std::size_t>(limit) < items.size()) items.resize(static_cast<std::size_t>(limit));
  };
  cut(task_.texts, options.texts);
  cut(task_.choices, options.choices);
}

std::string Study::name() const { return deployment_name(deployment_, spec_.hardware); }

DeploymentPlan Study::reference() const {
  return {"floating point", &reference_program_, {}, {}, kv_bits_of(reference_program_)};
}

DeploymentPlan Study::variant(const std::string& name, const DeploymentNumerics& numerics) const {
  return {name, &program_, numerics, ranges_, kv_bits_of(program_)};
}

std::vector<DeploymentAccuracy> Study::evaluate(const std::vector<DeploymentPlan>& plans,
                                                const RunProgress& progress) const {
  return sim::evaluate(plans, *loaded_.model.weights, loaded_.shared, task_, {.count = seeds_, .seed = spec_.seed},
                       [&](std::int64_t done, std::int64_t total) { progress("accuracy", done, total); });
}

const Spread& Study::metric_of(const DeploymentAccuracy& accuracy) const {
  return metric_ == StudyMetric::bits_per_character ? accuracy.bits_per_character : accuracy.choice_accuracy;
}

PairedDifference Study::loss(const DeploymentAccuracy& better, const DeploymentAccuracy& worse) const {
  DeploymentAccuracy compared = worse;
  compare_to_reference(task_, better, compared);
  if (metric_ == StudyMetric::bits_per_character) return compared.bits_per_character_difference;
  const PairedDifference& gain = compared.choice_accuracy_difference;
  return {.mean = -gain.mean, .low = -gain.high, .high = -gain.low, .over = gain.over};
}

}  // namespace aimc::sim
