#pragma once

namespace aimc::adapt {

/// Whether a held-out loss, in nats per token, is that of weights which training has broken: not finite, or beyond both
/// one nat and four times the best loss of the run so far, which begins as that of guessing, ln(vocabulary). Weights of
/// settings that are only too strong are bad from the first step, and are not broken.
[[nodiscard]] bool is_broken(double loss, double best);

}  // namespace aimc::adapt
