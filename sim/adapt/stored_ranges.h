#pragma once
#include "sim/adapt/linear_plan.h"
#include "workloads/model/weights.h"

namespace aimc::adapt {

/// A plan whose ranges are those beside the model's weights, LINEAR.input_range [row tiles] (one value serves all): the
/// model was adapted before. Linears that share an encoding take the larger of theirs, as the simulator does. They
/// count as grown, whatever ranges.initial_forwards is. Throws one InputError that lists every missing or unfit tensor.
LinearPlan with_stored_ranges(LinearPlan plan, const workloads::WeightSource& weights);

}  // namespace aimc::adapt
