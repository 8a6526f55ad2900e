#include "sim/adapt/kernels/tensor_kernels.h"

#include <ATen/CPUGeneratorImpl.h>

#include "sim/adapt/kernels/own_loops.h"
#include "sim/adapt/kernels/rows_of.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::adapt {
namespace {

bool is_bf16(const at::Tensor& tensor) { return tensor.scalar_type() == at::kBFloat16; }

at::Tensor clamp_magnitude(const at::Tensor& x, double largest) { return x.clamp(-largest, largest); }

}  // namespace

void dac_codes(const at::Tensor& x, const at::Tensor& range, int largest, at::Tensor& codes) {
  if (!runs_own_loops(x.device())) {
    codes.copy_(clamp_magnitude(at::round(x.to(at::kDouble) * largest / range.to(at::kDouble)), largest));
  } else if (is_bf16(codes)) {
    dac_codes(rows_of<const float>(x), range.item<float>(), largest, rows_of<Bf16Bits>(codes));
  } else {
    dac_codes(rows_of<const float>(x), range.item<float>(), largest, rows_of<float>(codes));
  }
}

DacGradient dac_backward(const at::Tensor& x, const at::Tensor& gradient, const at::Tensor& range, at::Tensor& dx) {
  if (!runs_own_loops(x.device())) {
    const at::Tensor delta = gradient.to(at::kFloat);
    const at::Tensor above = x.ge(range), below = x.le(-range);
    dx.copy_(at::where(x.abs().gt(range), at::zeros_like(delta), delta));
    const at::Tensor sum =
        (delta.clamp_max(0) * above).sum(at::kDouble) - (delta.clamp_min(0) * below).sum(at::kDouble);
    return {sum.item<double>(), x.numel() - above.logical_or(below).sum().item<std::int64_t>()};
  }
  const auto inputs = rows_of<const float>(x);
  if (is_bf16(gradient))
    return dac_backward(inputs, rows_of<const Bf16Bits>(gradient), range.item<float>(), rows_of<float>(dx));
  return dac_backward(inputs, rows_of<const float>(gradient), range.item<float>(), rows_of<float>(dx));
}

HeldWeights hold_weights(const at::Tensor& w, const WeightChange& change, at::ScalarType type) {
  HeldWeights held;
  if (!runs_own_loops(w.device())) {
    held.largest = w.abs().amax(1);
    at::Tensor changed = w;
    if (change.bits > 0) {
      const double level = tiles::largest_code(change.bits);
      const at::Tensor step = (held.largest / level).clamp_min(1e-30).unsqueeze(1);
      changed = clamp_magnitude(at::round(w / step), level) * step;
    }
    if (change.noise != 0)
      changed = changed +
                keyed_normal(change.key.child(static_cast<std::uint64_t>(change.first_column)), w.sizes(), w.device()) *
                    (change.noise * held.largest).unsqueeze(1);
    held.held = changed.to(type);
    return held;
  }
  held.largest = at::empty({w.size(0)}, at::kFloat);
  held.held = at::empty(w.sizes(), type);
  if (type == at::kBFloat16)
    hold_weights(rows_of<const float>(w), change, pointer<float>(held.largest), rows_of<Bf16Bits>(held.held));
  else
    hold_weights(rows_of<const float>(w), change, pointer<float>(held.largest), rows_of<float>(held.held));
  return held;
}

void add_noise_gradient(const at::Tensor& w, const at::Tensor& held, at::Tensor& gradient) {
  if (!runs_own_loops(w.device())) {
    const at::Tensor noise = held.to(at::kFloat) - w;
    const at::Tensor share = (gradient * noise).sum(1, true) / w.square().sum(1, true).clamp_min(1e-30);
    gradient.add_(share * w);
    return;
  }
  if (is_bf16(held))
    add_noise_gradient(rows_of<const float>(w), rows_of<const Bf16Bits>(held), rows_of<float>(gradient));
  else
    add_noise_gradient(rows_of<const float>(w), rows_of<const float>(held), rows_of<float>(gradient));
}

at::Tensor adc_codes(const at::Tensor& sums, const at::Tensor& divisor, const at::Tensor& scale, int largest, bool add,
                     at::Tensor& y) {
  at::Tensor clipped;
  std::int64_t count = 0;
  if (!runs_own_loops(sums.device())) {
    const at::Tensor codes = at::round(sums.to(at::kFloat) / divisor);
    clipped = codes.abs().gt(largest).to(at::kByte);
    const at::Tensor scaled = clamp_magnitude(codes, largest) * scale;
    if (add)
      y.add_(scaled);
    else
      y.copy_(scaled);
    count = clipped.sum().item<std::int64_t>();
  } else {
    clipped = at::empty(sums.sizes(), at::kByte);
    const AdcColumns columns{pointer<const float>(divisor), pointer<const float>(scale), largest};
    auto* marks = pointer<std::uint8_t>(clipped);
    count = is_bf16(sums) ? adc_codes(rows_of<const Bf16Bits>(sums), columns, add, rows_of<float>(y), marks)
                          : adc_codes(rows_of<const float>(sums), columns, add, rows_of<float>(y), marks);
  }
  return count > 0 ? clipped : at::Tensor();
}

at::Tensor adc_backward(const at::Tensor& gradient, const at::Tensor& clipped, at::ScalarType type) {
  if (!runs_own_loops(gradient.device()))
    return (clipped.defined() ? gradient.masked_fill(clipped.to(at::kBool), 0) : gradient).to(type);
  at::Tensor out = at::empty(gradient.sizes(), type);
  const std::uint8_t* marks = clipped.defined() ? pointer<const std::uint8_t>(clipped) : nullptr;
  if (type == at::kBFloat16)
    adc_backward(rows_of<const float>(gradient), marks, rows_of<Bf16Bits>(out));
  else
    adc_backward(rows_of<const float>(gradient), marks, rows_of<float>(out));
  return out;
}

at::Tensor keyed_normal(const RandomKey& key, at::IntArrayRef shape, const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
  // By device, not by runs_own_loops: numbers of the CPU are the same whoever computes with them.
  if (device.is_cpu()) {
    at::Tensor values = at::empty(shape, options);
    fill_normal(key, 0, pointer<float>(values), values.numel());
    return values;
  }
  // Fresh normals of the device itself; a copy from the host would take longer than the step.
  auto generator = at::globalContext().defaultGenerator(device).clone();
  generator.set_current_seed(key.bits());
  return at::normal(0.0, 1.0, shape, generator, options);
}

}  // namespace aimc::adapt
