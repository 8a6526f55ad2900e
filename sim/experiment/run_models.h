#pragma once
#include <filesystem>
#include <map>
#include <optional>

#include "sim/evaluate/accuracy.h"
#include "sim/experiment/checkpoint.h"

namespace aimc::sim {

/// The models of one run: the experiment's own and each checkpoint that a deployment names, opened once, with what
/// their deployments have in common.
class RunModels {
 public:
  /// Opens all of them. spec must outlive it. Throws what load_model and load_checkpoint throw.
  explicit RunModels(const ExperimentSpec& spec);
  RunModels(const RunModels&) = delete;
  RunModels& operator=(const RunModels&) = delete;

  [[nodiscard]] const LoadedModel& own() const { return models_.at({}).loaded; }
  [[nodiscard]] const LoadedModel& of(const DeploymentSpec& deployment) const {
    return models_.at(deployment.checkpoint).loaded;
  }
  /// nullptr without weights.
  [[nodiscard]] SharedBuilds* builds_of(const DeploymentSpec& deployment);
  /// The deployment as it is evaluated; program and this must outlive the plan. The model must have weights.
  [[nodiscard]] DeploymentPlan plan(const DeploymentSpec& deployment, const Program& program);

 private:
  struct One {
    LoadedModel loaded;
    std::optional<SharedBuilds> builds;
  };
  const ExperimentSpec& spec_;
  std::map<std::filesystem::path, One> models_;  ///< by DeploymentSpec::checkpoint; empty: the experiment's own
};

}  // namespace aimc::sim
