#include "sim/experiment/run_models.h"

#include "sim/experiment/deployment_name.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t keep_bytes_of_all = std::int64_t{1} << 30;

}  // namespace

RunModels::RunModels(const ExperimentSpec& spec) : spec_(spec) {
  models_[{}].loaded = load_model(spec.model);
  for (const auto& deployment : spec.deployments) {
    const auto [place, is_new] = models_.try_emplace(deployment.checkpoint);
    if (is_new) place->second.loaded = load_checkpoint(spec.model, own(), deployment);
  }
  for (auto& [path, one] : models_)
    if (one.loaded.has_weights())
      one.builds.emplace(spec_, one.loaded, keep_bytes_of_all / static_cast<std::int64_t>(models_.size()));
}

SharedBuilds* RunModels::builds_of(const DeploymentSpec& deployment) {
  auto& builds = models_.at(deployment.checkpoint).builds;
  return builds ? &*builds : nullptr;
}

DeploymentPlan RunModels::plan(const DeploymentSpec& deployment, const Program& program) {
  SharedBuilds& builds = *builds_of(deployment);
  const InputRanges& ranges = builds.ranges(deployment, program);
  const bool learned = range_source(spec_, of(deployment), deployment) == RangeSource::checkpoint;
  const char* const source = learned ? "checkpoint" : "calibrated";
  return {deployment_name(deployment, spec_.hardware),
          &program,
          deployment_numerics(deployment),
          ranges,
          kv_bits_of(program),
          &builds.linears(),
          &of(deployment).shared,
          ranges.empty() ? "" : source};
}

}  // namespace aimc::sim
