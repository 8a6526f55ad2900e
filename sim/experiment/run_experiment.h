#pragma once
#include <functional>
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Told what a run is doing: stage ("timing", "accuracy" ...), done and total.
using RunProgress = std::function<void(const std::string& stage, std::int64_t done, std::int64_t total)>;

/// The composition every front end calls: open the model, map it, time it, evaluate it, count, price. Throws InputError
/// for the model's and the task's files, ConfigError when the model does not fit the chips, Interrupted.
RunResult run_experiment(const ExperimentSpec& spec, const RunProgress& progress);

struct LoadedModel;
/// Fills what the report says about the model: shape, parameters, static multiply-accumulates.
void describe_model(const LoadedModel& loaded, RunResult& result);

}  // namespace aimc::sim
