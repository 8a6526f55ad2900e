#pragma once
#include <vector>

#include "sim/experiment/experiment_spec.h"
#include "sim/experiment/loaded_model.h"

namespace aimc::sim {

/// Tokens on which single linears are looked at: BOS and then the calibration texts one after another, at most `count`
/// and at most the model's context. Empty when the experiment names no calibration text.
[[nodiscard]] std::vector<TokenId> probe_tokens(const ExperimentSpec& spec, const LoadedModel& loaded,
                                                std::int64_t count);

}  // namespace aimc::sim
