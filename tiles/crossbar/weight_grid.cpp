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
[[gnu::always_inline]] inline float exact_code(float weight, double full_scale) {
  const double code = clamp_to(static_cast<double>(weight) * weight_grid / full_scale, largest_grid_code);
  const auto small = static_cast<float>(round_half_even(code));
  const float large = nearest_bf16(static_cast<float>(code));
  return std::fabs(code) <= weight_grid ? small : large;
}

constexpr Index lanes = 32;              ///< weights decided together
constexpr float clearly_small = 255.5F;  ///< beyond, the grid becomes coarser
/// A product with the rounded reciprocal is off by two roundings, 2^-23 of 256 at most: twice that from a tie is safe.
constexpr float doubt = 0x1p-14F;

// Multiplies by the reciprocal in fp32, and looks again in fp64 where that leaves a doubt about the nearest integer.
AIMC_VECTOR_CLONES void place(float* weights, Index count, float reference) {
  const auto full_scale = static_cast<double>(reference);
  const auto reciprocal = static_cast<float>(weight_grid / full_scale);
  Index i = 0;
  for (; i + lanes <= count; i += lanes) {
    float codes[lanes];
    int unsure = 0;
    for (Index lane = 0; lane < lanes; ++lane) {
      const float code = weights[i + lane] * reciprocal;
      const float rounded = round_half_even(code);
      const float from_tie = 0.5F - std::fabs(code - rounded);
      codes[lane] = rounded;
      unsure |= from_tie > doubt && std::fabs(code) < clearly_small ? 0 : 1;  // NaN is unsure
    }
    if (unsure != 0) {
      for (Index lane = 0; lane < lanes; ++lane) codes[lane] = exact_code(weights[i + lane], full_scale);
    }
    for (Index lane = 0; lane < lanes; ++lane) weights[i + lane] = codes[lane];
  }
  for (; i < count; ++i) weights[i] = exact_code(weights[i], full_scale);
}

AIMC_VECTOR_CLONES void scale(float* weights, Index count, float reference) {
  for (Index i = 0; i < count; ++i) weights[i] = weights[i] / reference * weight_grid;
}

AIMC_VECTOR_CLONES std::int64_t add_magnitudes(const float* codes, Index count) {
  std::int64_t sum = 0;
  for (Index i = 0; i < count; ++i) sum += static_cast<std::int32_t>(std::fabs(codes[i]));
  return sum;
}

}  // namespace

std::int64_t sum_of_magnitudes(const float* codes, Index count) { return add_magnitudes(codes, count); }

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
