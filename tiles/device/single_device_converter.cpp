#include <algorithm>

#include "base/parallel/vector_clones.h"
#include "tiles/device/conductance_converter.h"

namespace aimc::tiles {
namespace {

constexpr float smallest_maximum = 1e-7F;

AIMC_VECTOR_CLONES void to_window(const float* weights, std::int64_t count, float ratio, float zero, float* cells) {
  for (std::int64_t i = 0; i < count; ++i) cells[i] = weights[i] * ratio + zero;
}
AIMC_VECTOR_CLONES void from_window(const float* cells, std::int64_t count, float ratio, float zero, float* weights) {
  for (std::int64_t i = 0; i < count; ++i) weights[i] = (cells[i] - zero) * ratio;
}

/// One cell a weight: zero lies at `zero`, the maximum `span` above it.
class SingleDeviceConverter final : public ConductanceConverter {
 public:
  SingleDeviceConverter(double g_max, double zero, double span)
      : g_max_(g_max), span_(static_cast<float>(span)), zero_(static_cast<float>(zero)) {}

  [[nodiscard]] int planes() const override { return 1; }
  [[nodiscard]] double full_scale(float /*maximum*/) const override { return g_max_; }
  void to_cells(int /*plane*/, const float* weights, std::int64_t count, float maximum, float* cells) const override {
    to_window(weights, count, span_ / std::max(maximum, smallest_maximum), zero_, cells);
  }
  void to_weights(int /*plane*/, const float* cells, std::int64_t count, float maximum, float* weights) const override {
    from_window(cells, count, std::max(maximum, smallest_maximum) / span_, zero_, weights);
  }

 private:
  double g_max_;
  float span_, zero_;
};

}  // namespace

// Zero in the middle of the window: -maximum lies at g_min and +maximum at g_max. The source takes the smallest and the
// largest weight instead; a channel's maximum is symmetric.
std::unique_ptr<const ConductanceConverter> make_single_device_converter(const ConverterSpec& spec) {
  return std::make_unique<SingleDeviceConverter>(spec.g_max, (spec.g_max + spec.g_min) / 2,
                                                 (spec.g_max - spec.g_min) / 2);
}

// A level has no sign: 0 lies at g_min, without an idle cell beside it.
std::unique_ptr<const ConductanceConverter> make_level_converter(const ConverterSpec& spec, ConductanceUnit unit) {
  if (spec.kind == ConverterKind::signed_cell) return make_signed_converter(spec, unit);
  return std::make_unique<SingleDeviceConverter>(spec.g_max, spec.g_min, spec.g_max - spec.g_min);
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
