#include "sim/experiment/counts_check.h"

#include <fmt/format.h>

#include <map>
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

namespace {

constexpr std::size_t most_lengths = 8;  // of different requests that are computed for the comparison

// (prompt tokens, new tokens) -> number of requests like that.
using Lengths = std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t>;

Lengths lengths_of(const InferenceWorkload& workload) {
  Lengths lengths;
  for (const Request& request : workload.requests) ++lengths[{request.prompt_tokens, request.new_tokens}];
  return lengths;
}

std::string why_not_counted(const InferenceWorkload& workload, const SharedBuilds* builds) {
  if (builds == nullptr) return "no weights: only the timing executor ran";
  for (const Request& request : workload.requests)
    if (request.context_tokens > 0) return "workload.context_tokens: nothing computes what is in the KV cache already";
  if (const std::size_t different = lengths_of(workload).size(); different > most_lengths)
    return fmt::format("requests of {} different lengths, more than {} take too long to compute", different,
                       most_lengths);
  return {};
}

}  // namespace

WorkloadCounts count_workload(const ExperimentSpec& spec, const LoadedModel& loaded, SharedBuilds* builds,
                              const DeploymentSpec& deployment, const Program& program,
                              const InferenceWorkload& workload) {
  WorkloadCounts result;
  result.not_counted = why_not_counted(workload, builds);
  if (!result.not_counted.empty()) return result;
  const LinearSet linears =
      builds->linears().build(program, deployment_numerics(deployment), builds->ranges(deployment, program), spec.seed);
  const FunctionalExecutor executor(program, loaded.shared, linears, kv_bits_of(program));
  // Requests of the same lengths compute the same: once, then times their number.
  for (const auto& [length, requests] : lengths_of(workload)) {
    ExperimentSpec one = spec;
    if (one.workload.prompt.empty()) one.workload.prompt_tokens = length.first;
    const GenerationOptions greedy{.new_tokens = length.second, .sampling = {}, .stop_ids = {}};
    const Generation generation =
        generate(executor, workload_prompt(one, loaded), greedy, RandomKey(spec.seed).child("generate"));
    for (const auto& [key, times] : generation.counts.entries()) result.counts.add(key, times * requests);
  }
  return result;
}

}  // namespace aimc::sim
