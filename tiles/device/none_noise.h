#pragma once
#include "tiles/device/device.h"

namespace aimc::tiles {

/// Ideal cells: every weight is programmed as wanted.
class NoNoise final : public Device {
 public:
  void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const override;
  [[nodiscard]] std::string_view name() const override { return "none"; }
  [[nodiscard]] bool is_random() const override { return false; }
};

}  // namespace aimc::tiles
