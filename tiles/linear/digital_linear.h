#pragma once
#include <memory>

#include "tiles/linear/linear.h"
#include "tiles/linear/weight_rows.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// How a digital unit multiplies integers (numerics A.3 inputs, A.6 weights).
struct DigitalLinearOptions {
  int weight_bits = 4;  ///< round to nearest, codes +-(2^(bits-1)-1), scale = channel maximum / largest code; 16: kept
  int input_bits = 8;
  InputRangeMode range = InputRangeMode::static_range;
  float input_range = 0;  ///< static: one range for the whole vector
};
/// Reads the weights [out, in] some channels at a time.
std::unique_ptr<Linear> make_digital_linear(const WeightRows& weights, const DigitalLinearOptions& options);
/// The same for weights in memory.
std::unique_ptr<Linear> make_digital_linear(const Matrix& weights, const DigitalLinearOptions& options);
/// The same with weights that are taken as they are, because noisy cells hold the rounded ones (numerics E, "running hw
/// noise on W4 baselines"); weight_bits then only says what a memory would stream (counts).
std::unique_ptr<Linear> make_held_digital_linear(const WeightRows& held, const DigitalLinearOptions& options);

}  // namespace aimc::tiles
