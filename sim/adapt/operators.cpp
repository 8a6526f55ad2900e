#include "sim/adapt/operators.h"

#include "sim/adapt/kernels/operator_kernels.h"
#include "sim/adapt/kernels/own_loops.h"
#include "sim/adapt/kernels/rows_of.h"

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;
using workloads::RopeLayout;

at::Tensor rows_contiguous(const at::Tensor& x) { return x.stride(1) == 1 ? x : x.contiguous(); }

struct RmsNormFunction : Function<RmsNormFunction> {
  static Variable forward(AutogradContext* context, const Variable& x, const Variable& gain, double epsilon) {
    at::Tensor y = at::empty(x.sizes(), x.options()), inverse = at::empty({x.size(0)}, x.options());
    rms_norm_forward(rows_of<const float>(x), pointer<const float>(gain), static_cast<float>(epsilon),
                     rows_of<float>(y), pointer<float>(inverse));
    context->save_for_backward({x, gain, inverse});
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &gain = saved[1], dy = gradients[0].contiguous();
    at::Tensor dx = at::empty(x.sizes(), x.options()), dgain = at::zeros_like(gain);
    rms_norm_backward(rows_of<const float>(x), pointer<const float>(gain), pointer<const float>(saved[2]),
                      rows_of<const float>(dy), rows_of<float>(dx), pointer<float>(dgain));
    return {dx, dgain, Variable()};
  }
};

struct SwigluFunction : Function<SwigluFunction> {
  static Variable forward(AutogradContext* context, const Variable& gate, const Variable& up) {
    at::Tensor y = at::empty(gate.sizes(), gate.options());
    swiglu_forward(rows_of<const float>(gate), rows_of<const float>(up), rows_of<float>(y));
    context->save_for_backward({gate, up});
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1], dy = gradients[0].contiguous();
    at::Tensor dgate = at::empty(gate.sizes(), gate.options()), dup = at::empty(up.sizes(), up.options());
    swiglu_backward(rows_of<const float>(gate), rows_of<const float>(up), rows_of<const float>(dy),
                    rows_of<float>(dgate), rows_of<float>(dup));
    return {dgate, dup};
  }
};

struct RopeFunction : Function<RopeFunction> {
  static at::Tensor turned(const at::Tensor& x, const RopeTable& table, const RopeAngles& angles) {
    RopeAngles here = angles;
    here.cosine = pointer<const float>(table.cosine);
    here.sine = pointer<const float>(table.sine);
    at::Tensor y = at::empty(x.sizes(), x.options());
    rotate(rows_of<const float>(x), here, rows_of<float>(y));
    return y;
  }
  static Variable forward(AutogradContext* context, const Variable& x, const RopeTable& table,
                          const RopeAngles& angles) {
    context->saved_data["length"] = angles.length;
    context->saved_data["head_dim"] = angles.head_dim;
    context->saved_data["interleaved"] = angles.interleaved;
    context->saved_data["cosine"] = table.cosine;
    context->saved_data["sine"] = table.sine;
    return turned(x, table, angles);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    RopeAngles angles;
    angles.length = context->saved_data["length"].toInt();
    angles.head_dim = context->saved_data["head_dim"].toInt();
    angles.interleaved = context->saved_data["interleaved"].toBool();
    angles.backwards = true;
    const RopeTable table{context->saved_data["cosine"].toTensor(), context->saved_data["sine"].toTensor()};
    return {turned(gradients[0].contiguous(), table, angles), Variable(), Variable()};
  }
};

/// The same with libtorch's operators, for devices that our loops do not run on.
at::Tensor rope_of_tensors(const at::Tensor& x, const workloads::RopeOp& op, const BatchShape& shape, bool halves,
                           const RopeTable& table) {
  const std::int64_t pairs = op.head_dim / 2;
  // The two members of a pair lie along the third axis from the left or along the last.
  const at::Tensor heads = halves ? x.reshape({shape.sequences, shape.length, op.heads, 2, pairs})
                                  : x.reshape({shape.sequences, shape.length, op.heads, pairs, 2});
  const std::int64_t axis = halves ? 3 : 4;
  const at::Tensor first = heads.select(axis, 0), second = heads.select(axis, 1);
  const at::Tensor cosine = table.cosine.narrow(0, 0, shape.length).unsqueeze(1),
                   sine = table.sine.narrow(0, 0, shape.length).unsqueeze(1);
  return at::stack({first * cosine - second * sine, second * cosine + first * sine}, axis)
      .reshape({shape.tokens(), op.heads * op.head_dim});
}

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon) {
  if (runs_own_loops(x.device())) return RmsNormFunction::apply(rows_contiguous(x), gain, epsilon);
  return x * at::rsqrt(x.square().mean(-1, true) + epsilon) * gain;
}

RopeTable rope_table(const workloads::RopeSpec& rope, std::int64_t length, const at::Device& device) {
  const auto pairs = static_cast<std::int64_t>(rope.frequencies.size());
  at::Tensor frequencies = at::empty({pairs}, at::kDouble);
  std::copy(rope.frequencies.begin(), rope.frequencies.end(), frequencies.data_ptr<double>());
  const at::Tensor angles = at::outer(at::arange(length, at::kDouble), frequencies);
  return {angles.cos().to(at::kFloat).to(device), angles.sin().to(at::kFloat).to(device)};
}

at::Tensor rope(const at::Tensor& x, const workloads::RopeOp& op, const BatchShape& shape, RopeLayout layout,
                const RopeTable& table) {
  const bool halves = layout == RopeLayout::split_halves;
  if (!runs_own_loops(x.device())) return rope_of_tensors(x, op, shape, halves, table);
  RopeAngles angles;
  angles.length = shape.length;
  angles.head_dim = op.head_dim;
  angles.interleaved = !halves;
  return RopeFunction::apply(rows_contiguous(x), table, angles);
}

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up) {
  if (runs_own_loops(gate.device())) return SwigluFunction::apply(rows_contiguous(gate), rows_contiguous(up));
  return at::silu(gate) * up;
}

}  // namespace aimc::adapt
