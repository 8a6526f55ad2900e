#include "sim/experiment/run_experiment.h"

#include <fmt/format.h>

#include <chrono>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "sim/experiment/cost.h"
#include "sim/experiment/counts_check.h"
#include "sim/experiment/layer_view.h"
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/make_workload.h"
#include "sim/experiment/run_models.h"
#include "sim/experiment/study.h"

namespace aimc::sim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string why_not_measured(const ExperimentSpec& spec, const LoadedModel& loaded) {
  if (!loaded.has_weights())
    return fmt::format("no weights: {} describes the model's shape only, so accuracy cannot be measured",
                       spec.model.path.filename().string());
  if (spec.accuracy.task.empty()) return "the experiment names no accuracy.task";
  return {};
}

void count_items(const workloads::Task& task, AccuracyResult& accuracy) {
  accuracy.task = task.name;
  accuracy.texts = static_cast<std::int64_t>(task.texts.size());
  accuracy.choices = static_cast<std::int64_t>(task.choices.size());
  for (const auto& item : task.choices)
    accuracy.chance += 1.0 / static_cast<double>(item.choices.size() * task.choices.size());
  for (const auto& text : task.texts) {
    accuracy.text_ids.push_back(text.id);
    accuracy.characters += text.characters;
    accuracy.tokens += static_cast<std::int64_t>(text.ids.size()) - 1;
  }
}

std::vector<Program> map_all(const ExperimentSpec& spec, const RunModels& models) {
  std::vector<Program> programs;
  for (const auto& deployment : spec.deployments)
    programs.push_back(map_deployment(models.of(deployment).model.graph, spec, deployment));
  return programs;
}

std::vector<DeploymentPlan> plan_all(const ExperimentSpec& spec, RunModels& models,
                                     const std::vector<Program>& programs, const RunProgress& progress) {
  std::vector<DeploymentPlan> plans;
  const auto count = static_cast<std::int64_t>(programs.size());
  for (std::size_t i = 0; i < programs.size(); ++i) {
    progress("calibration", static_cast<std::int64_t>(i), count);
    plans.push_back(models.plan(spec.deployments[i], programs[i]));
  }
  return plans;
}

void measure_accuracy(const ExperimentSpec& spec, RunModels& models, const RunProgress& progress, RunResult& result) {
  const LoadedModel& loaded = models.own();
  AccuracyResult& accuracy = result.accuracy;
  accuracy.not_measured = why_not_measured(spec, loaded);
  result.layers.not_measured = accuracy.not_measured.empty() ? "no deployment runs on hardware" : accuracy.not_measured;
  if (!accuracy.not_measured.empty()) return;
  const workloads::Task task = accuracy_task(spec, loaded);
  count_items(task, accuracy);

  const auto calibration_start = Clock::now();
  const std::vector<Program> programs = map_all(spec, models);
  const auto plans = plan_all(spec, models, programs, progress);
  result.wall.calibration_s = seconds_since(calibration_start);

  const auto start = Clock::now();
  accuracy.deployments =
      evaluate(plans, *plans.front().linears, loaded.shared, task, {.count = spec.accuracy.seeds, .seed = spec.seed},
               [&](std::int64_t done, std::int64_t total) { progress("accuracy", done, total); });
  result.wall.accuracy_s = seconds_since(start);

  const DeploymentSpec* timed = timed_deployment(spec, loaded.model.graph);
  if (timed == nullptr) return;
  const auto layers_start = Clock::now();
  progress("layers", 0, 1);
  result.layers = view_layers(spec, models.of(*timed), models.builds_of(*timed)->linears(),
                              plans[static_cast<std::size_t>(timed - spec.deployments.data())]);
  result.wall.layers_s = seconds_since(layers_start);
}

/// Numbers first: how often MVMs are repeated takes time. Then time, and both must have counted the same.
void simulate(const ExperimentSpec& spec, RunModels& models, const DeploymentSpec& deployment,
              const RunProgress& progress, RunResult& result) {
  const LoadedModel& loaded = models.of(deployment);
  const auto counts_start = Clock::now();
  result.program = map_deployment(loaded.model.graph, spec, deployment);
  const InferenceWorkload workload = timed_workload(spec, loaded);
  WorkloadCounts functional;
  if (result.program.physical()) {
    check_kv_caches_fit(result.program, kv_demand(workload));
    progress("counts", 0, 1);
    functional = count_workload(spec, loaded, models.builds_of(deployment), deployment, result.program, workload);
    result.wall.counts_s = seconds_since(counts_start);
  }
  progress("timing", 0, 1);
  const auto timing_start = Clock::now();
  TimingOptions options = timing_options(spec.workload);
  options.repeats = MvmRepeats(functional.counts);
  result.cost = simulate_cost(spec, deployment, result.program, workload, options);
  result.wall.timing_s = seconds_since(timing_start);
  result.counts.not_compared = result.cost.not_simulated.empty() ? functional.not_counted : result.cost.not_simulated;
  if (!result.counts.not_compared.empty()) return;
  result.counts = compare_executors(result.program, functional.counts, result.cost.timing.counts);
  add_repeated(spec, result.program, result.counts.repeated, result.cost);
}

}  // namespace

void describe_model(const LoadedModel& loaded, RunResult& result) {
  result.model = loaded.model.config;
  const auto& graph = loaded.model.graph;
  for (const auto& node : graph.nodes) {
    if (const auto* linear = std::get_if<workloads::LinearOp>(&node.op)) {
      result.macs_per_token += linear->in_features * linear->out_features;
      const bool shared = graph.tied_head && node.name == "lm_head";
      if (!shared) result.parameters += linear->in_features * linear->out_features;
    } else if (const auto* embed = std::get_if<workloads::EmbedOp>(&node.op)) {
      result.parameters += embed->vocabulary * graph.hidden;
    } else if (std::holds_alternative<workloads::RmsNormOp>(node.op)) {
      result.parameters += node.out_features;
    }
  }
}

RunResult run_experiment(const ExperimentSpec& spec, const RunProgress& progress) {
  const auto start = Clock::now();
  RunResult result;
  result.spec = spec;
  result.threads = thread_count();
  RunModels models(spec);
  describe_model(models.own(), result);

  if (const DeploymentSpec* timed = timed_deployment(spec, models.own().model.graph)) {
    simulate(spec, models, *timed, progress, result);
  } else {
    result.counts.not_compared = result.cost.not_simulated = "no deployment of the experiment runs on hardware";
  }
  measure_accuracy(spec, models, progress, result);
  result.wall.total_s = seconds_since(start);
  return result;
}

}  // namespace aimc::sim
