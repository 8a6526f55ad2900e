#include "sim/timing/choose_sampling.h"

#include <algorithm>
#include <variant>

namespace aimc::sim {
namespace {

constexpr std::int64_t fewest_sampled_tokens = 8;

// One request alone finds idle units at every token, so that tokens can be timed one without the other. Copies of
// linears would make their times depend on more than the position.
bool may_sample(const Program& program, const InferenceWorkload& workload, const TimingOptions& options) {
  const bool copies = std::ranges::any_of(program.linears, [](const auto& linear) { return linear.replicas > 1; });
  return !options.exact && !options.keep_intervals && !copies && workload.requests.size() == 1 &&
         workload.requests.front().new_tokens >= fewest_sampled_tokens;
}

// Tokens at which the window of an attention begins to limit what is seen.
std::vector<std::int64_t> kinks(const Program& program, const Request& request) {
  std::vector<std::int64_t> tokens;
  for (const workloads::Node& node : program.graph.nodes) {
    const auto* attention = std::get_if<workloads::AttentionOp>(&node.op);
    if (attention != nullptr && attention->window > 0) {
      tokens.push_back(attention->window - 1 - request.context_tokens);
    }
  }
  return tokens;
}

}  // namespace

std::optional<DecodeSampler> choose_sampling(const Program& program, const InferenceWorkload& workload,
                                             const TimingOptions& options) {
  if (!may_sample(program, workload, options)) return std::nullopt;
  const Request& request = workload.requests.front();
  return DecodeSampler(request.prompt_tokens, request.prompt_tokens + request.new_tokens - 2, kinks(program, request),
                       options.sampling_tolerance);
}

}  // namespace aimc::sim
