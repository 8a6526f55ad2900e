#pragma once
#include "sim/adapt/network.h"
#include "sim/adapt/workers.h"

namespace aimc::adapt {

/// Of all weights and ranges: not finite when one of them is not.
[[nodiscard]] double weight_sum(Network& network);

/// Whether this is the same bits on all processes; the same answer on all of them. Processes add the same gradients up,
/// but each moves its own weights, whose last bits machines and thread counts may round otherwise.
[[nodiscard]] bool is_the_same(Workers& workers, double value);

}  // namespace aimc::adapt
