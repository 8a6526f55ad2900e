#pragma once
#include "sim/adapt/adapt_spec.h"

namespace aimc::adapt {

/// Learning rate of a step (from 0): Hugging Face's polynomial schedule of power 1, straight up to the peak in the
/// warm-up and straight down to last_rate (numerics D.2); or straight lines between the schedule's points, from 0
/// before the first step.
[[nodiscard]] double learning_rate(const OptimiserSpec& spec, std::int64_t steps, std::int64_t step);

}  // namespace aimc::adapt
