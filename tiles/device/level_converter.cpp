#include <algorithm>

#include "base/parallel/vector_clones.h"
#include "tiles/device/conductance_converter.h"

namespace aimc::tiles {
namespace {

constexpr float smallest_maximum = 1e-7F;

AIMC_VECTOR_CLONES void raise(const float* levels, std::int64_t count, float ratio, float g_min, float* cells) {
  for (std::int64_t i = 0; i < count; ++i) cells[i] = levels[i] * ratio + g_min;
}
AIMC_VECTOR_CLONES void lower(const float* cells, std::int64_t count, float ratio, float g_min, float* levels) {
  for (std::int64_t i = 0; i < count; ++i) levels[i] = (cells[i] - g_min) * ratio;
}

/// One cell a level: 0 at g_min, the maximum at g_max; there is no idle cell beside it.
class LevelConverter final : public ConductanceConverter {
 public:
  explicit LevelConverter(const ConverterSpec& spec)
      : g_max_(spec.g_max),
        g_min_(static_cast<float>(spec.g_min)),
        window_(static_cast<float>(spec.g_max - spec.g_min)) {}

  [[nodiscard]] int planes() const override { return 1; }
  [[nodiscard]] double full_scale(float /*maximum*/) const override { return g_max_; }
  void to_cells(int /*plane*/, const float* weights, std::int64_t count, float maximum, float* cells) const override {
    raise(weights, count, window_ / std::max(maximum, smallest_maximum), g_min_, cells);
  }
  void to_weights(int /*plane*/, const float* cells, std::int64_t count, float maximum, float* weights) const override {
    lower(cells, count, std::max(maximum, smallest_maximum) / window_, g_min_, weights);
  }

 private:
  double g_max_;
  float g_min_, window_;
};

}  // namespace

std::unique_ptr<const ConductanceConverter> make_level_converter(const ConverterSpec& spec, ConductanceUnit unit) {
  if (spec.kind == ConverterKind::signed_cell) return make_signed_converter(spec, unit);
  return std::make_unique<LevelConverter>(spec);
}

}  // namespace aimc::tiles
