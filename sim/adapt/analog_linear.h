#pragma once
#include <memory>
#include <vector>

#include "base/random/stream.h"
#include "base/tensor/matrix.h"
#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// Input features [begin, begin + count) of a linear, on arrays of their own.
struct RowTile {
  Index begin = 0, count = 0;
};

/// How a student's linear computes while it is trained (numerics A.2), resolved from hardware and ADAPT.yaml.
struct LinearNumerics {
  std::vector<RowTile> tiles;        ///< cover the input features in order
  int largest_input = 0;             ///< magnitude of a DAC code (127 for 8 bits); 0: no DAC
  int largest_output = 0;            ///< of an ADC code; 0: no ADC
  double out_bound = 0;              ///< ADC full scale (numerics A.3)
  double weight_noise = 0;           ///< gamma of A.5
  bool noise_scales = false;         ///< the gradient of the noise's size flows back, too (add_noise_gradient)
  int weight_bits = 0;               ///< A.6; 0: none
  at::ScalarType type = at::kFloat;  ///< of the products: fp32 or bf16
  [[nodiscard]] bool has_dac() const { return largest_input > 0; }
  [[nodiscard]] bool has_adc() const { return largest_output > 0; }
};

/// How many inputs of each row tile lay inside the range, summed over backward passes (D.6: the un-clipped fraction).
struct InsideCounts {
  std::vector<std::int64_t> inside, all;  ///< [row tiles]
};

/// DAC: codes [tokens, in] of x [tokens, in] fp32 with static ranges [row tiles], in the number format of the products.
/// What flows back to the codes is the gradient of the quantised inputs code x range / largest. Backwards D.6: x gets
/// the gradient where |x| <= range, the range gets range x G; `counts` (may be null, must outlive the backward pass)
/// receives the un-clipped inputs.
at::Tensor dac(const at::Tensor& x, const at::Tensor& range, const LinearNumerics& numerics, InsideCounts* counts);

/// Array and ADC: y [tokens, out] fp32 of codes (or, without DAC, inputs) [tokens, in] and weight [out, in], each row
/// tile converted before the sum. `noise` names this pass's weight noise, of which `noise_share` is added: 1,
/// -1 (mirrored) or 0 (evaluation).
/// Backwards straight through (D.7): nothing where the ADC clipped; weights and their scales are constants of the
/// range. The gradient of the codes is that of the quantised inputs.
at::Tensor array_product(const at::Tensor& codes, const at::Tensor& weight, const at::Tensor& range,
                         const LinearNumerics& numerics, const RandomKey& noise, double noise_share);

}  // namespace aimc::adapt
