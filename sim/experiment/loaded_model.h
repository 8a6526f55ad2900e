#pragma once
#include <compare>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sim/experiment/experiment_spec.h"
#include "sim/functional/executor.h"
#include "sim/functional/linear_store.h"
#include "workloads/model/model.h"
#include "workloads/text/tokenizer.h"

namespace aimc::sim {

/// The model of an experiment, opened: weights, tokenizer and shared tensors only when the files are there.
struct LoadedModel {
  workloads::Model model;
  std::shared_ptr<const workloads::Tokenizer> tokenizer;  ///< null without weights
  SharedTensors shared;                                   ///< empty without weights
  [[nodiscard]] bool has_weights() const { return model.weights != nullptr; }
};

/// Throws InputError when a file is missing, damaged or inconsistent.
LoadedModel load_model(const ModelReference& reference);

/// The Program of one deployment.
Program map_deployment(const workloads::Graph& graph, const ExperimentSpec& spec, const DeploymentSpec& deployment);

/// The deployment that is timed: the one the workload names, else the first with an analog linear, else the
/// first whose linears all run on hardware. nullptr: none.
const DeploymentSpec* timed_deployment(const ExperimentSpec& spec, const workloads::Graph& graph);

/// Token ids of the calibration texts, BOS first, cut at the context.
std::vector<std::vector<TokenId>> calibration_sequences(const ExperimentSpec& spec, const LoadedModel& loaded);

/// Where the static input ranges of a deployment come from, loaded being its checkpoint.
RangeSource range_source(const ExperimentSpec& spec, const LoadedModel& loaded, const DeploymentSpec& deployment);

/// Static input ranges of a deployment's program, calibrated or read from the checkpoint; empty when it needs none.
/// loaded: the deployment's checkpoint (run_models.h). Throws ConfigError without calibration text, InputError when the
/// checkpoint does not hold them all.
InputRanges deployment_ranges(const ExperimentSpec& spec, const LoadedModel& loaded, const DeploymentSpec& deployment,
                              const Program& program);

/// What the deployments of one checkpoint have in common, made once: linears that no seed changes, and static ranges.
class SharedBuilds {
 public:
  /// The references must outlive it; the model must have weights. keep_bytes: as LinearStore's.
  SharedBuilds(const ExperimentSpec& spec, const LoadedModel& loaded, std::int64_t keep_bytes)
      : spec_(spec), loaded_(loaded), linears_(*loaded.model.weights, keep_bytes) {}
  [[nodiscard]] LinearStore& linears() { return linears_; }
  /// As deployment_ranges; programs whose linears are cut alike share one calibration.
  const InputRanges& ranges(const DeploymentSpec& deployment, const Program& program);

 private:
  /// What the ranges of a program depend on.
  struct Cut {
    std::vector<std::pair<std::vector<Index>, bool>> linears;  ///< row tiles of each, and whether it has static ranges
    tiles::InputRangeSharing sharing{};                        ///< of linears that read one vector
    RangeSource source{};
    auto operator<=>(const Cut&) const = default;
  };
  const ExperimentSpec& spec_;
  const LoadedModel& loaded_;
  LinearStore linears_;
  std::map<Cut, InputRanges> ranges_;
};

/// What a deployment changes about the numbers.
DeploymentNumerics deployment_numerics(const DeploymentSpec& deployment);

/// KV precision: the hardware's when any linear runs on hardware, else fp32.
int kv_bits_of(const Program& program);

/// BOS and the ids of a text. Throws InputError when the tokenizer has no BOS.
std::vector<TokenId> sequence_of(const workloads::Tokenizer& tokenizer, const std::string& text);

/// Throws ConfigError when prompt and new tokens exceed the model's context.
void check_workload(const InferenceWorkload& workload, std::int64_t context);

/// Prompt of the timed workload as ids: the workload's text, or prompt_tokens of the calibration text.
std::vector<TokenId> workload_prompt(const ExperimentSpec& spec, const LoadedModel& loaded);

/// The requests that are timed, the prompt's length taken from its text where there is one.
InferenceWorkload timed_workload(const ExperimentSpec& spec, const LoadedModel& loaded);

}  // namespace aimc::sim
