#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/circuit_linear.h"
#include "tiles/crossbar/fast_crossbar.h"

namespace aimc::tiles {

// Which class serves which hardware and effects: the fast path what it can, the others what is left.
std::unique_ptr<Linear> make_analog_linear(const WeightRows& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const Device* device,
                                           const RandomKey& key) {
  if (!fast_crossbar_serves(spec, options.effects)) return make_circuit_linear(weights, spec, options, device, key);
  return make_fast_crossbar(weights, spec, options, device, key);
}

std::unique_ptr<Linear> make_analog_linear(const Matrix& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const Device* device,
                                           const RandomKey& key) {
  return make_analog_linear(MatrixRows(weights), spec, options, device, key);
}

}  // namespace aimc::tiles
