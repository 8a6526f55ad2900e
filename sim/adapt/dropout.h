#pragma once
#include "base/random/stream.h"
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// x with each value dropped with probability `share` and the others scaled by 1 / (1 - share), shares rounded to
/// 1/256. Which ones is a function of the key and of the row's number first_row + row, so that it does not matter how a
/// batch is cut into parts. x [rows, n].
at::Tensor dropout(const at::Tensor& x, double share, const RandomKey& key, std::int64_t first_row);

}  // namespace aimc::adapt
