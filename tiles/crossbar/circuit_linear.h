#pragma once
#include "tiles/crossbar/analog_linear.h"

namespace aimc::tiles {

/// The analog linear with all circuits of TileSpec::periphery, all MVM modes, sliced weights and every effect
/// switchable: slower than the fast crossbar, and the same numbers bit for bit where both can compute. Arguments are
/// those of make_analog_linear. Noise of an MVM is a function of key, row tile, column tile, vector and attempt.
[[nodiscard]] std::unique_ptr<Linear> make_circuit_linear(const WeightRows& weights, const TileSpec& spec,
                                                          const AnalogLinearOptions& options, const Device* device,
                                                          const RandomKey& key);

}  // namespace aimc::tiles
