#include "tiles/device/additive_noise.h"

#include "base/check/check.h"

namespace aimc::tiles {

void AdditiveNoise::program(std::span<const float> target, float maximum, const RandomKey& key, std::uint64_t first,
                            std::span<float> programmed) const {
  AIMC_CHECK(programmed.size() == target.size(), "{} weights into {} cells", target.size(), programmed.size());
  fill_normal(key, first, programmed.data(), static_cast<std::int64_t>(programmed.size()));
  const auto sigma = static_cast<float>(sigma_ * static_cast<double>(maximum));
  for (std::size_t i = 0; i < target.size(); ++i) programmed[i] = target[i] + sigma * programmed[i];
}

}  // namespace aimc::tiles
