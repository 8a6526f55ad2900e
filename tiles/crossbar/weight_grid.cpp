#include "tiles/crossbar/weight_grid.h"

#include <bit>
#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/converter/adc.h"
#include "tiles/converter/rounding.h"

namespace aimc::tiles {
namespace {

constexpr double largest_grid_code = 65536;  ///< keeps any single product with an input code below 2^24

/// Nearest bf16 number, ties to even.
[[gnu::always_inline]] inline float nearest_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7FFFU + ((bits >> 16) & 1U)) & 0xFFFF0000U);
}

// fp64, so that a weight half way between two codes is seen as such.
AIMC_VECTOR_CLONES void place(float* weights, Index count, float reference) {
  const auto full_scale = static_cast<double>(reference);
  for (Index i = 0; i < count; ++i) {
    const double code = clamp_to(static_cast<double>(weights[i]) * weight_grid / full_scale, largest_grid_code);
    const auto small = static_cast<float>(round_half_even(code));
    const float large = nearest_bf16(static_cast<float>(code));
    weights[i] = std::fabs(code) <= weight_grid ? small : large;
  }
}

AIMC_VECTOR_CLONES void scale(float* weights, Index count, float reference) {
  for (Index i = 0; i < count; ++i) weights[i] = weights[i] / reference * weight_grid;
}

}  // namespace

void to_grid_codes(float* weights, Index count, float reference, bool on_grid) {
  if (!(reference > 0)) {
    std::fill_n(weights, count, 0.0F);
  } else if (on_grid) {
    place(weights, count, reference);
  } else {
    scale(weights, count, reference);
  }
}

}  // namespace aimc::tiles
