#pragma once
// The steps around an analog linear's product on tensors: our own loops on the CPU, libtorch's operators elsewhere.
#include "sim/adapt/analog_linear.h"
#include "sim/adapt/kernels/linear_kernels.h"

namespace aimc::adapt {

/// DAC codes of x [tokens, n] (a slice of features) into codes [tokens, n]; range is a scalar tensor.
void dac_codes(const at::Tensor& x, const at::Tensor& range, int largest, at::Tensor& codes);

/// Gradient of x into dx [tokens, n]; returns G of D.6 and the inputs inside the range.
DacGradient dac_backward(const at::Tensor& x, const at::Tensor& gradient, const at::Tensor& range, at::Tensor& dx);

/// Weights of a row tile as they are in the product, and the largest magnitude of each channel as they were.
struct HeldWeights {
  at::Tensor largest;  ///< [out] fp32
  at::Tensor held;     ///< [out, n] in `type`
};
HeldWeights hold_weights(const at::Tensor& w, const WeightChange& change, at::ScalarType type);

/// gradient [out, n] fp32 of the weights w of a row tile += what flows back through the size of their noise
/// (linear_kernels.h).
void add_noise_gradient(const at::Tensor& w, const at::Tensor& held, at::Tensor& gradient);

/// y (+)= ADC codes of the sums [tokens, out], scaled; returns the clipped conversions [tokens, out] (u8), undefined
/// when there are none.
at::Tensor adc_codes(const at::Tensor& sums, const at::Tensor& divisor, const at::Tensor& scale, int largest, bool add,
                     at::Tensor& y);

/// gradient [tokens, out] with zeros where clipped (may be undefined), in `type`.
at::Tensor adc_backward(const at::Tensor& gradient, const at::Tensor& clipped, at::ScalarType type);

/// Standard normals of a shape: the key's own stream on the CPU, libtorch's generator seeded by the key elsewhere.
at::Tensor keyed_normal(const RandomKey& key, at::IntArrayRef shape, const at::Device& device);

}  // namespace aimc::adapt
