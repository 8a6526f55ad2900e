#include "sim/timing/choose_sampling.h"

#include <algorithm>
#include <variant>

namespace aimc::sim {
namespace {

constexpr std::int64_t fewest_sampled_tokens = 8;
// How the tokens of several requests meet differs between windows, and again after a return to full simulation: up to
// 1.4 % were seen. Less cannot be promised.
constexpr double least_tolerance_of_several = 0.02;

// Copies of linears, and row tiles of an embedding in arrays, would make the time of a token depend on more than its
// position.
bool may_sample(const Program& program, const TimingOptions& options) {
  const bool copies = (program.embedding && program.embedding->replicas > 1) ||
                      std::ranges::any_of(program.linears, [](const auto& linear) { return linear.replicas > 1; });
  return !options.exact && !options.keep_intervals && !copies;
}

bool are_alike(const std::vector<Request>& requests) {
  const Request& first = requests.front();
  return std::ranges::all_of(requests, [&](const Request& r) {
    return r.arrival == first.arrival && r.context_tokens == first.context_tokens &&
           r.prompt_tokens == first.prompt_tokens && r.new_tokens == first.new_tokens;
  });
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
  // One request alone finds idle units at every token, so that tokens can be timed one without the other.
  const Request& request = workload.requests.front();
  if (!may_sample(program, options) || workload.requests.size() > 1 || request.new_tokens < fewest_sampled_tokens)
    return std::nullopt;
  return DecodeSampler(request.prompt_tokens, request.prompt_tokens + request.new_tokens - 2, kinks(program, request),
                       options.sampling_tolerance);
}

std::optional<DecodeWindows> choose_windows(const Program& program, const InferenceWorkload& workload,
                                            const TimingOptions& options) {
  const std::int64_t requests = std::ssize(workload.requests);
  const bool all_run = workload.max_in_flight == 0 || workload.max_in_flight >= requests;
  // Iterations keep the requests at their places among each other.
  const bool promised =
      workload.batching == Batching::iteration || options.sampling_tolerance >= least_tolerance_of_several;
  if (!may_sample(program, options) || !promised || requests < 2 || !all_run || !are_alike(workload.requests))
    return std::nullopt;
  return DecodeWindows(workload, kinks(program, workload.requests.front()), options.sampling_tolerance);
}

}  // namespace aimc::sim
