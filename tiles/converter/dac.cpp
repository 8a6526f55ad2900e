#include "tiles/converter/dac.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/parallel/vector_clones.h"
#include "tiles/converter/rounding.h"

namespace aimc::tiles {
namespace {

constexpr int zero_code = 128;  ///< the u8 of code 0

template <class Code>
[[gnu::always_inline]] inline Code as_code(float value) {
  if constexpr (std::is_same_v<Code, float>) {
    return value;
  } else if constexpr (std::is_same_v<Code, std::uint8_t>) {
    return static_cast<std::uint8_t>(static_cast<std::int32_t>(value == value ? value : 0.0F) + zero_code);
  } else {
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
  }
}

template <class Code>
[[gnu::always_inline]] inline std::int64_t quantize(const float* x, Index count, float range, int largest,
                                                    Code* codes) {
  const auto full_scale = static_cast<double>(range);
  const auto top = static_cast<double>(largest);
  std::int64_t beyond = 0;
  for (Index i = 0; i < count; ++i) {
    const double scaled = static_cast<double>(x[i]) * top / full_scale;
    codes[i] = as_code<Code>(static_cast<float>(round_half_even(clamp_to(scaled, top))));
    beyond += std::fabs(x[i]) > range ? 1 : 0;
  }
  return beyond;
}

template <class Code>
std::int64_t quantize_to_zero(const float* x, Index count, Code* codes) {
  std::fill_n(codes, count, as_code<Code>(0.0F));
  return count - std::count(x, x + count, 0.0F);
}

AIMC_VECTOR_CLONES std::int64_t quantize_fp32(const float* x, Index count, float range, int largest, float* codes) {
  return quantize(x, count, range, largest, codes);
}

AIMC_VECTOR_CLONES std::int64_t quantize_bf16(const float* x, Index count, float range, int largest,
                                              std::uint16_t* codes) {
  return quantize(x, count, range, largest, codes);
}

AIMC_VECTOR_CLONES std::int64_t quantize_u8(const float* x, Index count, float range, int largest,
                                            std::uint8_t* codes) {
  return quantize(x, count, range, largest, codes);
}

constexpr std::int32_t infinity_bits = 0x7F800000;

// Magnitudes of floats are in the order of their bits, and a maximum of integers vectorises where one of floats does
// not. NaN (beyond infinity) is passed over.
AIMC_VECTOR_CLONES std::int32_t largest_bits(const float* x, Index count) {
  std::int32_t largest = 0;
  for (Index i = 0; i < count; ++i) {
    const std::int32_t magnitude = std::bit_cast<std::int32_t>(x[i]) & 0x7FFFFFFF;
    largest = std::max(largest, magnitude <= infinity_bits ? magnitude : 0);
  }
  return largest;
}

AIMC_VECTOR_CLONES bool any_nan(const float* x, Index count) {
  std::int32_t found = 0;
  for (Index i = 0; i < count; ++i) found |= (std::bit_cast<std::int32_t>(x[i]) & 0x7FFFFFFF) > infinity_bits ? 1 : 0;
  return found != 0;
}

}  // namespace

std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, float* codes) {
  return range > 0 ? quantize_fp32(x, count, range, largest, codes) : quantize_to_zero(x, count, codes);
}

std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, std::uint16_t* codes) {
  return range > 0 ? quantize_bf16(x, count, range, largest, codes) : quantize_to_zero(x, count, codes);
}

std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, std::uint8_t* codes) {
  return range > 0 ? quantize_u8(x, count, range, largest, codes) : quantize_to_zero(x, count, codes);
}

float range_with_nan(const float* x, Index count, float range) {
  const bool codes_nan = range > 0 && (std::isinf(range) || any_nan(x, count));
  return codes_nan ? std::numeric_limits<float>::quiet_NaN() : range;
}

float largest_magnitude(const float* x, Index count) { return std::bit_cast<float>(largest_bits(x, count)); }

}  // namespace aimc::tiles
