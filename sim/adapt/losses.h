#pragma once
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// What the loss is made of (numerics D.1) and of how many tokens of the whole step it is the mean.
struct LossOptions {
  double distillation = 1;  ///< beta
  double temperature = 1;
  double tokens = 1;   ///< T x S of the whole step, all parts and processes: the distillation's divisor
  double targets = 1;  ///< tokens of the whole step that have a target: the language-model loss's divisor
};

/// The target of a position that is not scored.
inline constexpr std::int64_t no_target = -1;

/// Both losses of one part, as shares of the step's means, and their weighted sum to be differentiated.
struct Losses {
  at::Tensor total;
  double distillation = 0, language_model = 0;
};

/// logits [tokens, vocabulary] of the student, teacher's (undefined: beta is 0), targets [tokens] (no_target: not
/// scored). All positions count in the distillation loss. Computed some rows at a time, so that a large vocabulary
/// needs no copies of all logits.
Losses losses(const at::Tensor& logits, const at::Tensor& teacher, const at::Tensor& targets,
              const LossOptions& options);

}  // namespace aimc::adapt
