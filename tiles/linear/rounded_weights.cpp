#include "tiles/linear/rounded_weights.h"

#include <algorithm>

#include "tiles/converter/dac.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

float round_channel(float* channel, Index count, int bits) {
  const int largest = largest_code(bits);
  const float maximum = largest_magnitude(channel, count);
  quantize_inputs(channel, count, maximum, largest, channel);  // the rule of A.3 with range = maximum
  return maximum / static_cast<float>(largest);
}

void RoundedWeights::read(Index first, MatrixSpan to) const {
  weights_.read(first, to);
  for (Index c = 0; c < to.rows(); ++c) {
    float* channel = to.data() + c * to.outerStride();
    const float scale = round_channel(channel, cols(), bits_);
    std::for_each(channel, channel + cols(), [&](float& weight) { weight *= scale; });
  }
}

}  // namespace aimc::tiles
