#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/functional/deploy.h"
#include "sim/functional/executor.h"
#include "workloads/tasks/task.h"

namespace aimc::sim {

/// A mean over noise seeds with its sample standard deviation (0 for a deterministic deployment).
struct Spread {
  double mean = 0, std = 0;
  std::vector<double> values;   ///< one per seed
};

/// A paired difference to the reference over the same items, with its 95 % interval (Student t; over items for a
/// deterministic deployment, over seeds otherwise - the report says which).
struct PairedDifference {
  double mean = 0, low = 0, high = 0;
  std::string over;             ///< "seeds" or "items"
};

/// Accuracy of one deployment.
struct DeploymentAccuracy {
  std::string name;
  std::int64_t seeds = 0;       ///< noise seeds; 1 and deterministic when there is no noise
  Spread bits_per_character, perplexity, choice_accuracy;
  PairedDifference bits_per_character_difference, choice_accuracy_difference;   ///< to the reference deployment
  /// From log-likelihoods averaged over seeds before the exponential.
  double pooled_perplexity = 0, pooled_bits_per_character = 0;
  std::vector<double> item_bits;   ///< [texts] mean over seeds of the bits of each text
  std::string kernel;              ///< of the linears, for the report
};

/// One deployment to evaluate: its program (placements), numbers and ranges.
struct DeploymentPlan {
  std::string name;
  const Program* program = nullptr;
  DeploymentNumerics numerics;
  InputRanges ranges;
  int kv_bits = 32;
};

/// Called with (done, total) passes; may draw a progress bar.
using Progress = std::function<void(std::int64_t, std::int64_t)>;

/// Scores all deployments on the same items, over `seeds` noise seeds derived from `seed`; the first plan is the
/// reference of the paired differences. Same numbers for any thread count. Throws Interrupted.
std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans, const workloads::WeightSource& weights,
                                         const SharedTensors& shared, const workloads::Task& task, std::int64_t seeds,
                                         std::uint64_t seed, const Progress& progress);

}  // namespace aimc::sim
