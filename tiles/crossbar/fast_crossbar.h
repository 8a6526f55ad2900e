#pragma once
#include "tiles/crossbar/analog_linear.h"

namespace aimc::tiles {

/// Whether the fast path computes this: one pass, the DAC with its effects, the ADC with both of its effects or none,
/// and no other circuit that acts.
[[nodiscard]] bool fast_crossbar_serves(const TileSpec& spec, const Effects& effects);

/// The hot path: integer products of whole row tiles, ADC, scale and sum in the cache. Arguments are those of
/// make_analog_linear; only what fast_crossbar_serves says.
[[nodiscard]] std::unique_ptr<Linear> make_fast_crossbar(const WeightRows& weights, const TileSpec& spec,
                                                         const AnalogLinearOptions& options, const Device* device,
                                                         const RandomKey& key);

}  // namespace aimc::tiles
