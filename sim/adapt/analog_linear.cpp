#include "sim/adapt/analog_linear.h"

#include "base/check/check.h"
#include "sim/adapt/kernels/tensor_kernels.h"

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// What a forward pass leaves for its backward pass besides tensors.
struct PassState : torch::CustomClassHolder {
  explicit PassState(const LinearNumerics& numerics) : numerics(numerics) {}
  LinearNumerics numerics;
  InsideCounts* counts = nullptr;
  std::vector<at::Tensor> held, clipped;  ///< [row tiles]
};
using PassStatePtr = c10::intrusive_ptr<PassState>;

void keep(AutogradContext* context, const PassStatePtr& state) {
  context->saved_data["state"] = c10::IValue::make_capsule(state);
}
PassState& kept(AutogradContext* context) {
  return *c10::static_intrusive_pointer_cast<PassState>(context->saved_data["state"].toCapsule()).get();
}

at::Tensor slice(const at::Tensor& matrix, const RowTile& tile) { return matrix.narrow(1, tile.begin, tile.count); }

struct DacFunction : Function<DacFunction> {
  static Variable forward(AutogradContext* context, const Variable& x, const Variable& range,
                          const PassStatePtr& state) {
    const LinearNumerics& numerics = state->numerics;
    at::Tensor codes = at::empty(x.sizes(), x.options().dtype(numerics.type));
    for (std::size_t t = 0; t < numerics.tiles.size(); ++t) {
      at::Tensor part = slice(codes, numerics.tiles[t]);
      dac_codes(slice(x, numerics.tiles[t]), range[static_cast<Index>(t)], numerics.largest_input, part);
    }
    context->save_for_backward({x, range});
    keep(context, state);
    return codes;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    PassState& state = kept(context);
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &range = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor dx = at::empty(x.sizes(), x.options()), drange = at::zeros_like(range);
    for (std::size_t t = 0; t < state.numerics.tiles.size(); ++t) {
      const RowTile& tile = state.numerics.tiles[t];
      const auto index = static_cast<Index>(t);
      at::Tensor part = slice(dx, tile);
      const DacGradient found = dac_backward(slice(x, tile), slice(gradient, tile), range[index], part);
      drange[index] = range[index] * found.range_sum;
      if (state.counts == nullptr) continue;
      state.counts->inside[t] += found.inside;
      state.counts->all[t] += x.size(0) * tile.count;
    }
    return {dx, drange, Variable()};
  }
};

/// Step of the DAC of a row tile: what one code is worth.
at::Tensor input_step(const at::Tensor& range, std::size_t tile, const LinearNumerics& numerics) {
  return range[static_cast<Index>(tile)] / numerics.largest_input;
}

struct ProductFunction : Function<ProductFunction> {
  static Variable forward(AutogradContext* context, const Variable& codes, const Variable& weight,
                          const Variable& range, const PassStatePtr& state, const WeightChange& change) {
    const LinearNumerics& numerics = state->numerics;
    at::Tensor y = at::empty({codes.size(0), weight.size(0)}, codes.options().dtype(at::kFloat));
    for (std::size_t t = 0; t < numerics.tiles.size(); ++t) {
      const RowTile& tile = numerics.tiles[t];
      WeightChange here = change;
      here.first_column = tile.begin;
      here.all_columns = weight.size(1);
      HeldWeights weights = hold_weights(slice(weight, tile), here, numerics.type);
      const at::Tensor sums = at::mm(slice(codes, tile), weights.held.t());
      at::Tensor clipped;
      if (numerics.has_adc()) {
        clipped = convert(numerics, sums, weights.largest, range[static_cast<Index>(t)], t > 0, y);
      } else {
        const at::Tensor part = numerics.has_dac() ? sums.to(at::kFloat).mul_(input_step(range, t, numerics)) : sums;
        if (t == 0)
          y.copy_(part);
        else
          y.add_(part);
      }
      state->held.push_back(std::move(weights.held));
      state->clipped.push_back(std::move(clipped));
    }
    context->save_for_backward({codes, range, weight});
    keep(context, state);
    return y;
  }

  /// A code is worth out_bound / largest_output devices at the channel's maximum with a full-scale input; the sums are
  /// in input codes x weights.
  static at::Tensor convert(const LinearNumerics& numerics, const at::Tensor& sums, const at::Tensor& largest,
                            const at::Tensor& range, bool add, at::Tensor& y) {
    const double step = numerics.out_bound / numerics.largest_output;
    const at::Tensor channel = largest * (step * numerics.largest_input);
    const at::Tensor divisor = at::where(channel.gt(0), channel, at::ones_like(channel));  // an all-zero channel
    const at::Tensor scale = largest * (step * range);
    return adc_codes(sums, divisor, scale, numerics.largest_output, add, y);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    PassState& state = kept(context);
    const LinearNumerics& numerics = state.numerics;
    const auto saved = context->get_saved_variables();
    const at::Tensor &codes = saved[0], &range = saved[1];
    const at::Tensor gradient = gradients[0].contiguous();
    const bool of_codes = context->needs_input_grad(0), of_weight = context->needs_input_grad(1);
    at::Tensor dcodes, dweight;
    if (of_codes) dcodes = at::empty(codes.sizes(), codes.options());
    if (of_weight) dweight = at::empty({gradient.size(1), codes.size(1)}, gradient.options());
    at::Tensor shared;  // the gradient of the sums, the same for all row tiles that clipped nothing
    for (std::size_t t = 0; t < numerics.tiles.size(); ++t) {
      at::Tensor delta;
      if (state.clipped[t].defined()) {
        delta = adc_backward(gradient, state.clipped[t], numerics.type);
      } else {
        if (!shared.defined()) shared = adc_backward(gradient, {}, numerics.type);
        delta = shared;
      }
      if (of_codes) slice(dcodes, numerics.tiles[t]).copy_(at::mm(delta, state.held[t]));
      if (!of_weight) continue;
      at::Tensor part = at::mm(delta.t(), slice(codes, numerics.tiles[t])).to(at::kFloat);
      if (numerics.has_dac()) part = part.mul_(input_step(range, t, numerics));
      if (numerics.noise_scales) add_noise_gradient(slice(saved[2], numerics.tiles[t]), state.held[t], part);
      slice(dweight, numerics.tiles[t]).copy_(part);
    }
    state.held.clear();
    return {dcodes, dweight, Variable(), Variable(), Variable()};
  }
};

}  // namespace

at::Tensor dac(const at::Tensor& x, const at::Tensor& range, const LinearNumerics& numerics, InsideCounts* counts) {
  AIMC_CHECK(range.size(0) == static_cast<Index>(numerics.tiles.size()), "a range for each row tile");
  auto state = c10::make_intrusive<PassState>(numerics);
  state->counts = counts;
  return DacFunction::apply(x, range, state);
}

at::Tensor array_product(const at::Tensor& codes, const at::Tensor& weight, const at::Tensor& range,
                         const LinearNumerics& numerics, const RandomKey& noise, double noise_share) {
  const WeightChange change{.noise = noise_share * numerics.weight_noise, .bits = numerics.weight_bits, .key = noise};
  return ProductFunction::apply(codes, weight, range, c10::make_intrusive<PassState>(numerics), change);
}

}  // namespace aimc::adapt
