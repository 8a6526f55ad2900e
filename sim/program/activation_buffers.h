#pragma once
#include <cstdint>
#include <limits>
#include <map>

#include "sim/program/program.h"

namespace aimc::sim {

/// Activations that one token keeps in a unit at most, in bytes, when its steps run one after the other: what has come
/// for a step and waits for it, and results until their last user in the unit has run.
struct ActivationNeed {
  std::int64_t every_token = 0;    ///< in the steps of every token
  std::int64_t sampled_token = 0;  ///< also in those of sampled tokens (logits)
};
[[nodiscard]] std::map<UnitAddress, ActivationNeed> activation_needs(const Program& program);

inline constexpr std::int64_t unlimited_tokens = std::numeric_limits<std::int64_t>::max();

/// Prompt tokens that may be on their way at the same time so that no unit with a buffer_capacity can overflow,
/// wherever they gather; unlimited_tokens when no capacity is given. Throws ConfigError when a unit cannot hold one
/// token.
[[nodiscard]] std::int64_t tokens_that_buffers_hold(const Program& program);

}  // namespace aimc::sim
