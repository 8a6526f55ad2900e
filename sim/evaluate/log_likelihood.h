#pragma once
#include <span>

#include "workloads/text/tokenizer.h"

namespace aimc::sim {

/// ln sum_i exp(logits[i]) in double, the maximum subtracted first; relative error of the sum below 1e-15. The same
/// bits on every CPU. A NaN or +infinity anywhere gives NaN.
[[nodiscard]] double log_sum_exp(std::span<const float> logits);

/// ln softmax(logits)[token] in double. Throws InputError when the logits are not finite (weights out of all bounds).
[[nodiscard]] double token_log_likelihood(std::span<const float> logits, workloads::TokenId token);

}  // namespace aimc::sim
