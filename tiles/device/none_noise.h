#pragma once
#include "tiles/device/weight_noise.h"

namespace aimc::tiles {

/// Ideal cells: every weight is programmed as wanted.
class NoNoise final : public ProgrammingNoise {
 public:
  void program(std::span<const float> target, float maximum, const RandomKey& key, std::uint64_t first,
               std::span<float> programmed) const override;
  [[nodiscard]] std::string_view name() const override { return "none"; }
};

}  // namespace aimc::tiles
