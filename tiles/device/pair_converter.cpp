#include <algorithm>
#include <numeric>

#include "base/parallel/vector_clones.h"
#include "tiles/device/conductance_converter.h"

namespace aimc::tiles {
namespace {

constexpr float smallest_maximum = 1e-7F;  ///< of a channel (numerics C.1)

/// How the weights of a channel fill the cells of one plane.
struct Filling {
  float ratio;  ///< conductance a unit of weight, with the sign of the plane
  float below;  ///< what the lower pairs hold
  float each;   ///< cells a unit of conductance: 1 / significance
  float g_min, g_max;
};

/// The part of each weight above `below`.
AIMC_VECTOR_CLONES void fill_cells(const float* weights, std::int64_t count, Filling f, float* cells) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = (weights[i] * f.ratio - f.below) * f.each + f.g_min;
    const float raised = g < f.g_min ? f.g_min : g;
    cells[i] = raised > f.g_max ? f.g_max : raised;
  }
}

AIMC_VECTOR_CLONES void set(const float* cells, std::int64_t count, float factor, float* weights) {
  for (std::int64_t i = 0; i < count; ++i) weights[i] = cells[i] * factor;
}
AIMC_VECTOR_CLONES void add(const float* cells, std::int64_t count, float factor, float* weights) {
  for (std::int64_t i = 0; i < count; ++i) weights[i] += cells[i] * factor;
}

/// Pairs of cells, one for positive and one for negative weights, of ascending significance: a higher pair is used when
/// the lower ones are full. One pair of significance 1 is the plain differential cell. The idle cell of a pair is
/// programmed to g_min, with its noise.
class PairConverter final : public ConductanceConverter {
 public:
  explicit PairConverter(const ConverterSpec& spec)
      : spec_(spec), sum_(std::accumulate(spec.significance.begin(), spec.significance.end(), 0.0)) {}

  [[nodiscard]] int planes() const override { return 2 * static_cast<int>(spec_.significance.size()); }
  [[nodiscard]] double full_scale(float /*maximum*/) const override { return spec_.g_max; }
  void to_cells(int plane, const float* weights, std::int64_t count, float maximum, float* cells) const override {
    const auto pair = static_cast<std::size_t>(plane / 2);
    const double lower = std::accumulate(spec_.significance.begin(),
                                         spec_.significance.begin() + static_cast<std::ptrdiff_t>(pair), 0.0);
    const float sign = plane % 2 == 0 ? 1.0F : -1.0F;
    fill_cells(weights, count,
               {.ratio = sign * ratio(maximum),
                .below = static_cast<float>(lower * (spec_.g_max - spec_.g_min)),
                .each = 1.0F / static_cast<float>(spec_.significance[pair]),
                .g_min = static_cast<float>(spec_.g_min),
                .g_max = static_cast<float>(spec_.g_max)},
               cells);
  }
  void to_weights(int plane, const float* cells, std::int64_t count, float maximum, float* weights) const override {
    const auto significance = static_cast<float>(spec_.significance[static_cast<std::size_t>(plane / 2)]);
    const float factor = (plane % 2 == 0 ? significance : -significance) / ratio(maximum);
    (plane == 0 ? set : add)(cells, count, factor, weights);
  }

 private:
  /// Conductance a unit of weight.
  [[nodiscard]] float ratio(float maximum) const {
    return static_cast<float>(sum_ * (spec_.g_max - spec_.g_min)) / std::max(maximum, smallest_maximum);
  }
  ConverterSpec spec_;
  double sum_;
};

}  // namespace

std::unique_ptr<const ConductanceConverter> make_pair_converter(const ConverterSpec& spec) {
  return std::make_unique<PairConverter>(spec);
}

}  // namespace aimc::tiles
