#pragma once
#include <cstdint>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// Input codes of one vector of one row tile: clamp(rne(largest * x / range), -largest, largest), where largest is
/// largest_code(bits) (numerics A.3). Computed in fp64, so that codes are those of exact arithmetic, ties included. A
/// range of zero (or less) gives zero codes. Returns how many inputs lie beyond the range.
std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, float* codes);

/// The same codes as bf16 bits; exact, since codes have at most seven bits.
std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, std::uint16_t* codes);

/// The same codes + 128 as u8, for int8 products. NaN becomes 128 (range_with_nan).
std::int64_t quantize_inputs(const float* x, Index count, float range, int largest, std::uint8_t* codes);

/// NaN where the codes of x would have one, else the range: integers have no NaN, so that the range must carry it.
float range_with_nan(const float* x, Index count, float range);

/// Largest |x|: the dynamic input range of the vector (numerics A.4, DI8).
float largest_magnitude(const float* x, Index count);

}  // namespace aimc::tiles
