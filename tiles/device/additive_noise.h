#pragma once
#include "tiles/device/weight_noise.h"

namespace aimc::tiles {

/// W' = W + sigma * maximum * N(0, 1), no dead zone (Analog Foundation Models, apply_noise_model.py; numerics B.2).
class AdditiveNoise final : public ProgrammingNoise {
 public:
  /// sigma as a share of the channel's maximum.
  explicit AdditiveNoise(double sigma) : sigma_(sigma) {}
  void program(std::span<const float> target, float maximum, const RandomKey& key, std::uint64_t first,
               std::span<float> programmed) const override;
  [[nodiscard]] std::string_view name() const override { return "additive"; }

 private:
  double sigma_;
};

}  // namespace aimc::tiles
