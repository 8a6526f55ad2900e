#pragma once
#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// codes[i] = weight_grid x weights[i] / reference in place: what a cell holds, in units of the grid. on_grid rounds to
/// the integers that bf16 holds, half to even: all up to 256 in magnitude, then multiples of 2, 4, ... up to 2^16. A
/// reference of zero gives zeros.
void to_grid_codes(float* weights, Index count, float reference, bool on_grid);

/// Sum of |codes| of integers up to 2^16 in magnitude, exactly.
[[nodiscard]] std::int64_t sum_of_magnitudes(const float* codes, Index count);

}  // namespace aimc::tiles
