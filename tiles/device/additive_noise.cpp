#include "tiles/device/additive_noise.h"

#include "base/check/check.h"

namespace aimc::tiles {

void AdditiveNoise::hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const {
  AIMC_CHECK(held.size() == target.size(), "{} weights into {} cells", target.size(), held.size());
  fill_normal(request.key.child("programming"), request.first, held.data(), static_cast<std::int64_t>(held.size()));
  const auto sigma = static_cast<float>(sigma_ * static_cast<double>(request.maximum));
  for (std::size_t i = 0; i < target.size(); ++i) held[i] = target[i] + sigma * held[i];
}

}  // namespace aimc::tiles
