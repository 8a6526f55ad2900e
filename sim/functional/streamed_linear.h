#pragma once
#include <memory>

#include "sim/functional/source_rows.h"
#include "tiles/linear/linear.h"

namespace aimc::sim {

/// An fp32 product that holds no weights: every pass reads them, some channels at a time, and forgets them. The bits
/// are those of tiles::make_float_linear. For references and calibration of models whose fp32 weights would fill the
/// memory; a pass costs one conversion of the weights, so that it wants many tokens.
std::unique_ptr<tiles::Linear> make_streamed_linear(const SourceRows& weights);

}  // namespace aimc::sim
