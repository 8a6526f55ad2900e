#pragma once
#include <cstdint>
#include <span>

#include "base/random/stream.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {

/// How the next token is chosen from the logits.
struct SamplingSpec {
  double temperature = 0;  ///< 0: greedy, the largest logit
  std::int64_t top_k = 0;  ///< keep the k largest logits; 0: all
  double top_p = 1;        ///< keep the fewest largest whose probabilities sum to at least p; 1: all
};

/// Throws ConfigError for a temperature below zero, a negative top_k or a top_p outside (0, 1].
void validate(const SamplingSpec& spec);

/// The token chosen from logits [vocabulary] at a position: temperature, then top-k, then top-p, then one draw, the
/// position-th number of the key's stream. Of equal logits the lowest id comes first. Throws InputError when a logit is
/// not finite. (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, for top-p.)
TokenId sample(std::span<const float> logits, const SamplingSpec& spec, const RandomKey& key, std::uint64_t position);

}  // namespace aimc::workloads
