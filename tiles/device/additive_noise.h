#pragma once
#include "tiles/device/device.h"

namespace aimc::tiles {

/// W' = W + sigma * maximum * N(0, 1), no dead zone (Analog Foundation Models, apply_noise_model.py; numerics B.2).
class AdditiveNoise final : public Device {
 public:
  /// sigma as a share of the channel's maximum.
  explicit AdditiveNoise(double sigma) : sigma_(sigma) {}
  void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const override;
  [[nodiscard]] std::string_view name() const override { return "additive"; }
  [[nodiscard]] bool is_random() const override { return sigma_ > 0; }

 private:
  double sigma_;
};

}  // namespace aimc::tiles
