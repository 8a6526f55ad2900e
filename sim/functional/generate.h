#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/random/stream.h"
#include "sim/functional/executor.h"
#include "workloads/text/sampler.h"

namespace aimc::sim {

/// How a text is continued.
struct GenerationOptions {
  std::int64_t new_tokens = 0;  ///< at most
  workloads::SamplingSpec sampling;
  std::vector<std::int64_t> stop_ids;  ///< ids that end the text; the one that was chosen is the last new id
};

/// Sees each new id as soon as it is chosen; returning false ends the text.
using TokenCallback = std::function<bool(TokenId)>;

/// What generation did: the new ids, and counts of the same work that the timing executor plays for
/// InferenceWorkload{prompt tokens, ids.size()}: one prefill pass over the prompt, then a decode pass for each new id
/// but the last.
struct Generation {
  std::vector<TokenId> ids;
  Counts counts;
};

/// Continues a prompt. The i-th new token is drawn with number i of the key's stream. Throws InputError when the prompt
/// is empty or prompt and new tokens do not fit the model's context; Interrupted.
Generation generate(const FunctionalExecutor& executor, std::span<const TokenId> prompt,
                    const GenerationOptions& options, const RandomKey& key, const TokenCallback& on_token = {});

}  // namespace aimc::sim
