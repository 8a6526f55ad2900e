#pragma once
#include <memory>

#include "tiles/linear/linear.h"
#include "tiles/linear/weight_rows.h"

namespace aimc::tiles {

/// fp32 product of fp32 weights [out, in]: the reference (w16), and noisy weights without converters (w16-hwnoise).
std::unique_ptr<Linear> make_float_linear(const WeightRows& weights);
/// The same for weights in memory.
std::unique_ptr<Linear> make_float_linear(const Matrix& weights);

}  // namespace aimc::tiles
