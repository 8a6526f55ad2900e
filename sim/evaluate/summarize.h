#pragma once
#include <vector>

#include "sim/evaluate/accuracy.h"
#include "sim/evaluate/score.h"

namespace aimc::sim {

/// What the scores of a deployment over its seeds [seeds] say about its accuracy; names and differences stay empty.
[[nodiscard]] DeploymentAccuracy summarize(const workloads::Task& task, const std::vector<TaskScores>& scores);

/// Fills the paired differences of `accuracy` to the reference (which may be itself).
void compare_to_reference(const workloads::Task& task, const DeploymentAccuracy& reference,
                          DeploymentAccuracy& accuracy);

/// The choice with the highest log-likelihood per character; the first of equals.
[[nodiscard]] std::int64_t chosen(const workloads::ChoiceItem& item, const std::vector<double>& log_likelihoods);

}  // namespace aimc::sim
