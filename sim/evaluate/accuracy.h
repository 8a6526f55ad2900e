#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/evaluate/statistics.h"
#include "sim/functional/deploy.h"
#include "sim/functional/executor.h"
#include "sim/functional/linear_store.h"
#include "workloads/tasks/task.h"

namespace aimc::sim {

/// Accuracy of one deployment. A task without texts leaves the bits and perplexity empty (no values), one without
/// choices the choice accuracy.
struct DeploymentAccuracy {
  std::string name;
  std::int64_t seeds = 0;  ///< noise seeds; 1 and deterministic when there is no noise
  bool deterministic = true;
  Spread bits_per_character, perplexity, choice_accuracy;
  /// To the reference deployment: over seeds when either of the two is noisy and there are two seeds or more, else over
  /// items (bits: ratio estimator weighted by characters).
  PairedDifference bits_per_character_difference, choice_accuracy_difference;
  /// From log-likelihoods averaged over seeds before the exponential.
  double pooled_perplexity = 0, pooled_bits_per_character = 0;
  std::vector<double> item_bits;     ///< [texts] mean over seeds of the bits of each text
  std::vector<double> item_choices;  ///< [choice items] share of seeds that chose the right answer
  tiles::LinearCounts activity;      ///< of all passes and seeds together
  tiles::SetupCounts setup;          ///< of all linears together, for one noise seed
  std::string kernel;                ///< of the linears, for the report; several joined by ", "
  std::string ranges_from;           ///< as its plan's
};

/// One deployment to evaluate: its program (placements), numbers and ranges.
struct DeploymentPlan {
  std::string name;
  const Program* program = nullptr;
  DeploymentNumerics numerics;
  InputRanges ranges;
  int kv_bits = 32;
  LinearStore* linears = nullptr;         ///< of another checkpoint; null: the run's
  const SharedTensors* shared = nullptr;  ///< of that checkpoint; null: the run's
  std::string ranges_from;                ///< "checkpoint", "calibrated"; empty without static ranges, for the report
};

/// Called with (done, total) passes, by one thread at a time; may draw a progress bar.
using Progress = std::function<void(std::int64_t, std::int64_t)>;

/// How many noise instances a noisy deployment is scored with, and the seed they are derived from.
struct NoiseSeeds {
  std::int64_t count = 1;
  std::uint64_t seed = 0;
};

/// Scores all deployments on the same items, over the noise seeds; the first plan is the reference of the paired
/// differences. One set of programmed linears is in memory at a time, besides what the store keeps. Same numbers for
/// any thread count. Throws Interrupted.
std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans, LinearStore& linears,
                                         const SharedTensors& shared, const workloads::Task& task,
                                         const NoiseSeeds& seeds, const Progress& progress);

/// The same with a store of its own.
std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans,
                                         const workloads::WeightSource& weights, const SharedTensors& shared,
                                         const workloads::Task& task, const NoiseSeeds& seeds,
                                         const Progress& progress);

/// The seed of the index-th noise instance of a run.
[[nodiscard]] std::uint64_t noise_seed(std::uint64_t seed, std::int64_t index);

}  // namespace aimc::sim
