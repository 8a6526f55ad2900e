#pragma once
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Measures every linear of a deployment on accuracy.layer_tokens of the calibration text (linear_quality.h). Large
/// models take fewer tokens: as many as keep the networks with one deployed linear below 2e12 multiply-accumulates, but
/// eight at least. linears: the run's, so that what no seed changes is not built again.
[[nodiscard]] LayerView view_layers(const ExperimentSpec& spec, const LoadedModel& loaded, LinearStore& linears,
                                    const DeploymentPlan& plan);

/// How many probe tokens that rule leaves of `wanted`.
[[nodiscard]] std::int64_t layer_view_tokens(std::int64_t wanted, const workloads::Graph& graph, std::size_t linears);

}  // namespace aimc::sim
