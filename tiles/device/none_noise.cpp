#include "tiles/device/none_noise.h"

#include <algorithm>

namespace aimc::tiles {

void NoNoise::program(std::span<const float> target, float /*maximum*/, const RandomKey& /*key*/,
                      std::uint64_t /*first*/, std::span<float> programmed) const {
  std::copy(target.begin(), target.end(), programmed.begin());
}

}  // namespace aimc::tiles
