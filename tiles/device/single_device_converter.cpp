#include <algorithm>

#include "base/parallel/vector_clones.h"
#include "tiles/device/conductance_converter.h"

namespace aimc::tiles {
namespace {

constexpr float smallest_maximum = 1e-7F;

AIMC_VECTOR_CLONES void to_window(const float* weights, std::int64_t count, float ratio, float middle, float* cells) {
  for (std::int64_t i = 0; i < count; ++i) cells[i] = weights[i] * ratio + middle;
}
AIMC_VECTOR_CLONES void from_window(const float* cells, std::int64_t count, float ratio, float middle, float* weights) {
  for (std::int64_t i = 0; i < count; ++i) weights[i] = (cells[i] - middle) * ratio;
}

/// One cell a weight, zero in the middle of the window: -maximum lies at g_min and +maximum at g_max. The source takes
/// the smallest and the largest weight instead; a channel's maximum is symmetric.
class SingleDeviceConverter final : public ConductanceConverter {
 public:
  explicit SingleDeviceConverter(const ConverterSpec& spec)
      : g_max_(spec.g_max),
        half_(static_cast<float>((spec.g_max - spec.g_min) / 2)),
        middle_(static_cast<float>((spec.g_max + spec.g_min) / 2)) {}

  [[nodiscard]] int planes() const override { return 1; }
  [[nodiscard]] double full_scale(float /*maximum*/) const override { return g_max_; }
  void to_cells(int /*plane*/, const float* weights, std::int64_t count, float maximum, float* cells) const override {
    to_window(weights, count, half_ / std::max(maximum, smallest_maximum), middle_, cells);
  }
  void to_weights(int /*plane*/, const float* cells, std::int64_t count, float maximum, float* weights) const override {
    from_window(cells, count, std::max(maximum, smallest_maximum) / half_, middle_, weights);
  }

 private:
  double g_max_;
  float half_, middle_;
};

}  // namespace

std::unique_ptr<const ConductanceConverter> make_single_device_converter(const ConverterSpec& spec) {
  return std::make_unique<SingleDeviceConverter>(spec);
}

std::unique_ptr<const ConductanceConverter> make_conductance_converter(const ConverterSpec& spec,
                                                                       ConductanceUnit unit) {
  switch (spec.kind) {
    case ConverterKind::signed_cell:
      return make_signed_converter(spec, unit);
    case ConverterKind::single_device:
      return make_single_device_converter(spec);
    case ConverterKind::n_pair:
      break;
  }
  return make_pair_converter(spec);
}

}  // namespace aimc::tiles
