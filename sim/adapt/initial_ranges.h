#pragma once
#include <functional>
#include <vector>

#include "sim/adapt/linear_plan.h"

namespace aimc::adapt {

/// Statistics of the inputs of row tiles, that processes add up in place.
using Reduce = std::function<void(at::Tensor&)>;

/// A group's ranges follow its inputs x [tokens, in] while they are young: the mean over forward passes (D.5) of kappa
/// standard deviations, or of the range that keeps the outputs of the group's linears (weights [out, in] each, all of
/// these numerics) nearest to those without converters. Row tiles whose inputs are all equal keep their range.
void initialise_ranges(RangeGroup& group, const at::Tensor& x, const std::vector<at::Tensor>& weights,
                       const LinearNumerics& numerics, const RangeSpec& spec, const Reduce& reduce);

}  // namespace aimc::adapt
