#include "sim/experiment/counts_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check/check.h"
#include "base/counts/compare.h"
#include "sim/functional/generate.h"

namespace aimc::sim {

CountsCheck check_counts(const ExperimentSpec& spec, const LoadedModel& loaded, const DeploymentSpec& deployment,
                         const RunResult& result) {
  CountsCheck check;
  if (!loaded.has_weights()) {
    check.not_compared = "no weights: only the timing executor ran";
    return check;
  }
  const Program& program = result.program;
  const InputRanges ranges = deployment_ranges(spec, loaded, program);
  const LinearSet linears =
      build_linears(program, *loaded.model.weights, deployment_numerics(deployment), ranges, spec.seed);
  const FunctionalExecutor executor(program, loaded.shared, linears, kv_bits_of(program));
  const workloads::Sampler greedy;
  Counts counts;
  generate(executor, workload_prompt(spec, loaded), result.cost.workload.new_tokens, greedy, &counts, nullptr);
  const CountsComparison comparison = compare_counts(counts, result.cost.timing.counts);
  AIMC_CHECK(comparison.differences.empty(), "the two executors disagree: {}",
             fmt::join(comparison.differences, "; "));
  check.keys = comparison.compared;
  return check;
}

}  // namespace aimc::sim
