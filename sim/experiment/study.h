#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/evaluate/accuracy.h"
#include "sim/experiment/experiment_spec.h"
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/run_experiment.h"

namespace aimc::sim {

/// What a study of one deployment may choose; zero and empty leave it to the study.
struct StudyOptions {
  std::string deployment;    ///< printed name; empty: the timed one
  std::int64_t seeds = 0;    ///< noise seeds, the same for all variants
  std::int64_t texts = 0;    ///< at most so many texts of the task
  std::int64_t choices = 0;  ///< at most so many cloze items, of a task without texts
};

/// What a study measures by: bits per character where the task has texts, else cloze accuracy. A cost is a loss: more
/// bits, or a smaller share of right answers.
enum class StudyMetric : std::uint8_t { bits_per_character, choice_accuracy };

/// One deployment, ready to be evaluated in variants that differ in numbers alone.
class Study {
 public:
  /// Opens model and task and calibrates. Throws ConfigError where there are no weights, no task or no such deployment
  /// on hardware, InputError.
  Study(const ExperimentSpec& spec, const StudyOptions& options, std::int64_t default_seeds);
  Study(const Study&) = delete;

  [[nodiscard]] const DeploymentSpec& deployment() const { return deployment_; }
  [[nodiscard]] std::string name() const;
  [[nodiscard]] StudyMetric metric() const { return metric_; }
  [[nodiscard]] const workloads::Task& task() const { return task_; }
  [[nodiscard]] std::int64_t seeds() const { return seeds_; }

  /// The floating-point network of the deployment's checkpoint, without noise.
  [[nodiscard]] DeploymentPlan reference() const;
  /// The deployment with other numbers.
  [[nodiscard]] DeploymentPlan variant(const std::string& name, const DeploymentNumerics& numerics) const;
  [[nodiscard]] DeploymentNumerics numerics() const { return deployment_numerics(deployment_); }

  /// Scores the plans with the same seeds, `progress` being told "accuracy". Throws Interrupted.
  [[nodiscard]] std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans,
                                                         const RunProgress& progress) const;
  [[nodiscard]] const Spread& metric_of(const DeploymentAccuracy& accuracy) const;
  /// What `worse` loses against `better`, with its interval over seeds (items where both are deterministic).
  [[nodiscard]] PairedDifference loss(const DeploymentAccuracy& better, const DeploymentAccuracy& worse) const;

 private:
  const ExperimentSpec& spec_;
  LoadedModel loaded_;
  DeploymentSpec deployment_;
  workloads::Task task_;
  StudyMetric metric_ = StudyMetric::bits_per_character;
  std::int64_t seeds_ = 1;
  Program program_, reference_program_;
  InputRanges ranges_;
};

/// The deployment of that printed name, or the timed one for an empty name. Throws ConfigError that lists what there
/// is.
[[nodiscard]] const DeploymentSpec& find_deployment(const ExperimentSpec& spec, const workloads::Graph& graph,
                                                    const std::string& name);

/// The items that accuracy is measured on, with the experiment's limits.
[[nodiscard]] workloads::Task accuracy_task(const ExperimentSpec& spec, const LoadedModel& loaded);

}  // namespace aimc::sim
