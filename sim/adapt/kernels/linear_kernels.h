#pragma once
// The loops around the matrix products of an analog linear, for the CPU. Plain pointers, so that the file compiles
// without libtorch. Codes are fp32 or bf16 (as its 16 bits); both hold them exactly. Rows are split into blocks of a
// size that does not depend on the thread count, so sums have the same bits on any.
#include <cstdint>

#include "base/random/stream.h"
#include "sim/adapt/kernels/bf16.h"
#include "sim/adapt/kernels/row_blocks.h"

namespace aimc::adapt {

/// DAC: codes = clamp(rne(largest x / range)) (numerics A.3), by tiles/converter.
template <class Code>
void dac_codes(Rows<const float> x, float range, int largest, Rows<Code> codes);

/// What the backward pass through a DAC finds besides the gradient of its input.
struct DacGradient {
  double range_sum = 0;     ///< G of D.6
  std::int64_t inside = 0;  ///< inputs with -range < x < range
};
/// dx = gradient where |x| <= range, else 0 (D.6). `gradient` is that of the quantised input.
template <class Gradient>
DacGradient dac_backward(Rows<const float> x, Rows<const Gradient> gradient, float range, Rows<float> dx);

/// How a row tile's weights are changed before the product.
struct WeightChange {
  double noise = 0;  ///< gamma of A.5; negative: the same draw, mirrored
  int bits = 0;      ///< A.6; 0: none
  RandomKey key{0};  ///< of the noise; element (o, i) is number o * all_columns + first_column + i
  Index first_column = 0, all_columns = 0;
};
/// largest[o] = max_i |w[o, i]| of the weights as they are, held = the changed ones.
template <class Held>
void hold_weights(Rows<const float> w, const WeightChange& change, float* largest, Rows<Held> held);

/// Adds what flows back through the size of the weight noise to the gradient of a row tile's weights. The size is a
/// multiple of the channel's largest weight, which clipping (D.4) ties to its root mean square |w|: the noise is
/// n = c |w| z, and dL/dw += (dL/dn . n) w / |w|^2. `held` = w + n.
template <class Held>
void add_noise_gradient(Rows<const float> w, Rows<const Held> held, Rows<float> gradient);

/// One row tile's ADC: y (+)= clamp(rne(sum / divisor[o])) * scale[o]; returns how many conversions were clipped and
/// marks them (1) in `clipped` [rows, columns] if there is one.
struct AdcColumns {
  const float* divisor = nullptr;  ///< [columns] what one code is worth, in units of the sums
  const float* scale = nullptr;    ///< [columns] what one code is worth in the output
  int largest = 127;
};
template <class Sum>
std::int64_t adc_codes(Rows<const Sum> sums, const AdcColumns& adc, bool add, Rows<float> y, std::uint8_t* clipped);

/// The gradient that reaches the sums: as it is where no conversion was clipped, else 0 (D.7). clipped may be null.
template <class Out>
void adc_backward(Rows<const float> gradient, const std::uint8_t* clipped, Rows<Out> out);

}  // namespace aimc::adapt
