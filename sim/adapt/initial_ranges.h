#pragma once
#include <functional>
#include <vector>

#include "sim/adapt/linear_plan.h"

namespace aimc::adapt {

/// Statistics of the inputs of row tiles, that processes add up in place.
using Reduce = std::function<void(at::Tensor&)>;

/// A group's ranges follow its inputs x [tokens, in] while they are young: the mean over forward passes (D.5) of kappa
/// standard deviations, or of the range that keeps the outputs of the group's linears (weights [out, in] each, all of
/// these numerics) nearest to those without converters: by squares, logits by the divergence of their distributions,
/// where a saturated ADC on the likeliest token is worse than coarse steps on all others. Row tiles whose inputs are
/// all equal keep their range. first_token: x's first one in the whole pass over all processes.
void initialise_ranges(RangeGroup& group, const at::Tensor& x, std::int64_t first_token,
                       const std::vector<at::Tensor>& weights, const LinearNumerics& numerics, const RangeSpec& spec,
                       const Reduce& reduce);

}  // namespace aimc::adapt
