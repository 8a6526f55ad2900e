#pragma once
#include "tiles/device/device.h"

namespace aimc::tiles {

/// Programming noise of phase-change memory cells, fitted to measurements of the 64-core HERMES chip: weights of up to
/// 52.5 of 180 counts sit in one device (OD), larger ones in two (TD), and targets below 0.6 counts are left at zero.
/// Source: Analog Foundation Models (arXiv 2505.09663), apply_noise_model.py; numerics B.1. No clipping, signs may
/// flip.
class PcmNoise final : public Device {
 public:
  void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const override;
  [[nodiscard]] std::string_view name() const override { return "pcm"; }
  [[nodiscard]] bool is_random() const override { return true; }

  /// Standard deviation of a cell programmed to g counts (|g| up to 180), in counts; the dead zone is not in it.
  [[nodiscard]] static float sigma(float g);
};

}  // namespace aimc::tiles
