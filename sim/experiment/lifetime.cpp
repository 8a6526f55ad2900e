#include "sim/experiment/lifetime.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

#include "base/check/error.h"
#include "sim/experiment/present_effects.h"

namespace aimc::sim {
namespace {

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

// The deployment as it is, or with the device that the user named instead of its own.
ExperimentSpec with_device(const ExperimentSpec& experiment, const LifetimeOptions& options) {
  ExperimentSpec spec = experiment;
  const auto model = workloads::open_model(spec.model.path, spec.model.format);
  const auto& chosen = find_deployment(experiment, model.graph, options.study.deployment);
  DeploymentSpec& deployment = spec.deployments[static_cast<std::size_t>(&chosen - experiment.deployments.data())];
  if (!options.device.empty()) deployment.noise = options.device;
  check_drift(deployment, times_of(options));
  spec.deployments = {deployment};
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

std::string duration_text(double seconds) {
  for (const auto& [unit, length] :
       {std::pair("year", 31536000.0), std::pair("day", 86400.0), std::pair("h", 3600.0), std::pair("min", 60.0)}) {
    if (seconds == 0 || std::fmod(seconds, length) != 0) continue;
    const double count = seconds / length;
    return fmt::format("{} {}{}", count, unit, length >= 86400 && count != 1 ? "s" : "");
  }
  return fmt::format("{} s", seconds);
}

}  // namespace aimc::sim
