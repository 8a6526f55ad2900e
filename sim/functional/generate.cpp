#include "sim/functional/generate.h"

#include <algorithm>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"

namespace aimc::sim {

namespace {

void check_lengths(const FunctionalExecutor& executor, std::span<const TokenId> prompt,
                   const GenerationOptions& options) {
  if (prompt.empty()) throw InputError("the prompt has no tokens: give at least the token that begins a text (BOS)");
  const auto prompt_tokens = static_cast<std::int64_t>(prompt.size());
  if (options.new_tokens > executor.context() - prompt_tokens) {
    throw InputError(
        fmt::format("{} prompt tokens and {} new ones do not fit the model's context of {}: shorten the prompt "
                    "or ask for at most {} new tokens",
                    prompt_tokens, options.new_tokens, executor.context(),
                    std::max<std::int64_t>(0, executor.context() - prompt_tokens)));
  }
}

bool contains(const std::vector<std::int64_t>& ids, TokenId id) { return std::ranges::find(ids, id) != ids.end(); }

}  // namespace

Generation generate(const FunctionalExecutor& executor, std::span<const TokenId> prompt,
                    const GenerationOptions& options, const RandomKey& key, const TokenCallback& on_token) {
  check_lengths(executor, prompt, options);
  Generation generation;
  if (options.new_tokens <= 0) return generation;
  Sequence sequence = executor.new_sequence(static_cast<Index>(prompt.size()) + options.new_tokens);
  Matrix logits = executor.forward(prompt, sequence, LogitsFor::last_token, &generation.counts, Phase::prefill);
  while (true) {
    throw_if_interrupted();
    const TokenId id = workloads::sample({logits.data(), static_cast<std::size_t>(logits.size())}, options.sampling,
                                         key, generation.ids.size());
    generation.ids.push_back(id);
    const bool wanted = !on_token || on_token(id);
    const bool full = static_cast<std::int64_t>(generation.ids.size()) >= options.new_tokens;
    if (!wanted || full || contains(options.stop_ids, id)) return generation;
    logits = executor.forward({&id, 1}, sequence, LogitsFor::last_token, &generation.counts, Phase::decode);
  }
}

}  // namespace aimc::sim
