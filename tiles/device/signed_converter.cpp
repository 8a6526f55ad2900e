#include <algorithm>

#include "base/parallel/vector_clones.h"
#include "tiles/device/conductance_converter.h"

namespace aimc::tiles {
namespace {

constexpr float smallest_maximum = 1e-30F;  ///< of a channel of zeros

AIMC_VECTOR_CLONES void to_coordinate(const float* weights, std::int64_t count, float scale, float full_scale,
                                      float* cells) {
  for (std::int64_t i = 0; i < count; ++i) cells[i] = weights[i] * scale * full_scale;
}

AIMC_VECTOR_CLONES void multiply(const float* cells, std::int64_t count, float factor, float* weights) {
  for (std::int64_t i = 0; i < count; ++i) weights[i] = cells[i] * factor;
}

/// One signed coordinate a weight: fits that describe a pair of cells as a whole (numerics B.1, B.2).
class SignedConverter final : public ConductanceConverter {
 public:
  SignedConverter(const ConverterSpec& spec, ConductanceUnit unit)
      : g_max_(spec.g_max),
        added_(static_cast<float>(spec.added_to_maximum)),
        weights_themselves_(unit == ConductanceUnit::weight) {}

  [[nodiscard]] int planes() const override { return 1; }
  [[nodiscard]] double full_scale(float maximum) const override {
    return weights_themselves_ ? static_cast<double>(std::max(maximum, smallest_maximum)) : g_max_;
  }
  void to_cells(int /*plane*/, const float* weights, std::int64_t count, float maximum, float* cells) const override {
    to_coordinate(weights, count, scale(maximum), weights_themselves_ ? 1.0F : static_cast<float>(g_max_), cells);
  }
  void to_weights(int /*plane*/, const float* cells, std::int64_t count, float maximum, float* weights) const override {
    multiply(cells, count, weights_themselves_ ? 1.0F : 1.0F / (static_cast<float>(g_max_) * scale(maximum)), weights);
  }

 private:
  /// A channel of zeros without a guard holds zeros.
  [[nodiscard]] float scale(float maximum) const {
    if (weights_themselves_) return 1.0F;
    const float guarded = maximum + added_;
    return guarded > 0 ? 1.0F / guarded : 1.0F;
  }
  double g_max_;
  float added_;
  bool weights_themselves_;
};

}  // namespace

std::unique_ptr<const ConductanceConverter> make_signed_converter(const ConverterSpec& spec, ConductanceUnit unit) {
  return std::make_unique<SignedConverter>(spec, unit);
}

}  // namespace aimc::tiles
