#include <mutex>
#include <set>

#include "base/check/check.h"
#include "base/random/stream.h"
#include "sim/evaluate/score.h"
#include "sim/evaluate/summarize.h"

namespace aimc::sim {

namespace {

std::int64_t seeds_of(const DeploymentPlan& plan, std::int64_t seeds) {
  return is_random(*plan.program, plan.numerics) ? seeds : 1;
}

std::string kernels_of(const LinearSet& linears) {
  std::set<std::string, std::less<>> names;
  for (const auto& [id, linear] : linears) names.emplace(linear->kernel());
  return fmt::format("{}", fmt::join(names, ", "));
}

tiles::SetupCounts setup_of(const LinearSet& linears) {
  tiles::SetupCounts sum;
  for (const auto& [id, linear] : linears) sum += linear->setup();
  return sum;
}

/// Counts finished passes of all deployments and seeds.
class PassCounter {
 public:
  PassCounter(std::int64_t total, const Progress& progress) : total_(total), progress_(progress) {}
  void step() {
    const std::scoped_lock lock(mutex_);
    ++done_;
    if (progress_) progress_(done_, total_);
  }

 private:
  std::mutex mutex_;
  std::int64_t done_ = 0, total_;
  const Progress& progress_;
};

}  // namespace

std::uint64_t noise_seed(std::uint64_t seed, std::int64_t index) {
  return RandomKey(seed).child("noise").child(static_cast<std::uint64_t>(index)).bits();
}

std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans,
                                         const workloads::WeightSource& weights, const SharedTensors& shared,
                                         const workloads::Task& task, const NoiseSeeds& seeds,
                                         const Progress& progress) {
  LinearStore store(weights);
  return evaluate(plans, store, shared, task, seeds, progress);
}

std::vector<DeploymentAccuracy> evaluate(const std::vector<DeploymentPlan>& plans, LinearStore& store,
                                         const SharedTensors& shared, const workloads::Task& task,
                                         const NoiseSeeds& seeds, const Progress& progress) {
  AIMC_CHECK(!plans.empty() && seeds.count >= 1 && !(task.texts.empty() && task.choices.empty()));
  const auto units = scoring_units(task, plans.front().program->graph.vocabulary);
  std::int64_t total = 0;
  for (const auto& plan : plans) total += seeds_of(plan, seeds.count) * static_cast<std::int64_t>(units.size());
  PassCounter counter(total, progress);

  std::vector<DeploymentAccuracy> results;
  for (const auto& plan : plans) {
    std::vector<TaskScores> scores;
    std::string kernel;
    tiles::LinearCounts activity;
    tiles::SetupCounts setup;
    for (std::int64_t index = 0; index < seeds_of(plan, seeds.count); ++index) {
      LinearStore& source = plan.linears != nullptr ? *plan.linears : store;
      const LinearSet linears = source.build(*plan.program, plan.numerics, plan.ranges, noise_seed(seeds.seed, index));
      const FunctionalExecutor executor(*plan.program, plan.shared != nullptr ? *plan.shared : shared, linears,
                                        plan.kv_bits);
      scores.push_back(score_task(executor, task, units, [&] { counter.step(); }));
      activity += executor.activity();
      kernel = kernels_of(linears);
      setup = setup_of(linears);
    }
    DeploymentAccuracy accuracy = summarize(task, scores);
    accuracy.name = plan.name;
    accuracy.activity = activity;
    accuracy.kernel = kernel;
    accuracy.ranges_from = plan.ranges_from;
    accuracy.setup = setup;
    accuracy.deterministic = !is_random(*plan.program, plan.numerics);
    results.push_back(std::move(accuracy));
  }
  const DeploymentAccuracy reference = results.front();
  for (auto& accuracy : results) compare_to_reference(task, reference, accuracy);
  return results;
}

}  // namespace aimc::sim
