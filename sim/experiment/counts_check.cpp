#include "sim/experiment/counts_check.h"

#include <fmt/format.h>

#include <set>
#include <tuple>

#include "base/check/check.h"
#include "base/counts/compare.h"
#include "sim/functional/generate.h"
#include "sim/ledger/repeated_mvms.h"

namespace aimc::sim {
namespace {

std::string describe(const Program& program, const std::vector<CountDifference>& differences) {
  std::string text = "the two executors counted differently:";
  for (const auto& d : differences)
    text += fmt::format("\n  {} of {} in {}: functional {}, timing {}", name(d.action),
                        program.graph.node(d.operator_id).name, name(d.phase), d.functional, d.timing);
  return text;
}

// How many (action, operator, phase) totals were held against each other.
std::int64_t compared_keys(const Counts& counts) {
  const auto shared = actions_of_both_executors();
  std::set<std::tuple<Action, std::uint32_t, Phase>> keys;
  for (const auto& [key, count] : counts.entries())
    if (std::find(shared.begin(), shared.end(), key.action) != shared.end())
      keys.emplace(key.action, key.operator_id, key.phase);
  return static_cast<std::int64_t>(keys.size());
}

}  // namespace

CountsCheck compare_executors(const Program& program, const Counts& functional, const Counts& timing) {
  const auto differences = compare_counts(functional, timing);
  AIMC_CHECK(differences.empty(), "{}", describe(program, differences));
  CountsCheck check;
  check.keys = compared_keys(functional);
  check.repeated = repeated_mvms(functional, program);
  return check;
}

CountsCheck check_counts(const ExperimentSpec& spec, const LoadedModel& loaded, SharedBuilds* builds,
                         const DeploymentSpec& deployment, const RunResult& result) {
  CountsCheck check;
  if (builds == nullptr) {
    check.not_compared = "no weights: only the timing executor ran";
    return check;
  }
  const Program& program = result.program;
  const LinearSet linears =
      builds->linears().build(program, deployment_numerics(deployment), builds->ranges(program), spec.seed);
  const FunctionalExecutor executor(program, loaded.shared, linears, kv_bits_of(program));
  const GenerationOptions greedy{.new_tokens = result.cost.workload.new_tokens(), .sampling = {}, .stop_ids = {}};
  const Generation generation =
      generate(executor, workload_prompt(spec, loaded), greedy, RandomKey(spec.seed).child("generate"));
  return compare_executors(program, generation.counts, result.cost.timing.counts);
}

}  // namespace aimc::sim
