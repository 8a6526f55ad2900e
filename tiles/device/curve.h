#pragma once
#include <vector>

#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// Cells are worked on this many at a time: a few arrays of them fit the first-level cache.
inline constexpr std::int64_t cells_per_block = 512;

/// A function of the conductance in pieces; zero everywhere when it has none.
class Curve {
 public:
  Curve() = default;
  explicit Curve(CurveSpec spec) : spec_(std::move(spec)) {}

  /// The value at a conductance (magnitude) of a device whose largest is full_scale.
  [[nodiscard]] double at(double conductance, double full_scale) const;

  /// out[i] = factor x value at |conductance[i]|, in fp32 and the same bits on every machine; count <= cells_per_block.
  void evaluate(const float* conductance, std::int64_t count, double full_scale, double factor, float* out) const;

  [[nodiscard]] bool empty() const { return spec_.pieces.empty(); }
  [[nodiscard]] const CurveSpec& spec() const { return spec_; }

 private:
  CurveSpec spec_;
};

}  // namespace aimc::tiles
