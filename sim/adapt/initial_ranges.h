#pragma once
#include <functional>
#include <vector>

#include "sim/adapt/linear_plan.h"

namespace aimc::adapt {

/// Statistics of the inputs of row tiles, that processes add up in place.
using Reduce = std::function<void(at::Tensor&)>;

/// What the linears of a group make of one forward pass.
struct GroupPass {
  const at::Tensor& x;                     ///< inputs [tokens, in]; no tokens where only other processes have some
  std::int64_t first_token = 0;            ///< x's first one in the whole pass over all processes
  const std::vector<at::Tensor>& weights;  ///< [out, in] each
  const LinearNumerics& numerics;          ///< of all of them
};

/// A group's ranges follow its inputs while they are young: the mean over forward passes (D.5) of kappa standard
/// deviations, or of the range that keeps the outputs of the group's linears nearest to those without converters: by
/// squares, logits by the divergence of their distributions, where a saturated ADC on the likeliest token is worse than
/// coarse steps on all others. Row tiles whose inputs are all equal keep their range.
void initialise_ranges(RangeGroup& group, const GroupPass& pass, const RangeSpec& spec, const Reduce& reduce);

}  // namespace aimc::adapt
