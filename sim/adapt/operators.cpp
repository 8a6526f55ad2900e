#include "sim/adapt/operators.h"

#include <cmath>

namespace aimc::adapt {

using workloads::RopeLayout;

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon) {
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

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const workloads::AttentionOp& op,
                     const BatchShape& shape) {
  const std::int64_t group = op.heads / op.kv_heads;
  const auto split = [&](const at::Tensor& x, std::int64_t heads) {
    return x.reshape({shape.sequences, shape.length, heads, op.head_dim}).transpose(1, 2);
  };
  const auto spread = [&](const at::Tensor& x) {
    return group == 1 ? x : x.repeat_interleave(group, 1);
  };
  const at::Tensor queries = split(q, op.heads) * (1 / std::sqrt(static_cast<double>(op.head_dim)));
  const at::Tensor keys = spread(split(k, op.kv_heads)), values = spread(split(v, op.kv_heads));
  at::Tensor hidden = at::ones({shape.length, shape.length}, q.options().dtype(at::kBool)).triu(1);
  if (op.window > 0)
    hidden = hidden.logical_or(
        at::ones({shape.length, shape.length}, q.options().dtype(at::kBool)).tril(-op.window));
  const at::Tensor scores = at::matmul(queries, keys.transpose(2, 3)).masked_fill(hidden, -INFINITY);
  return at::matmul(at::softmax(scores, -1), values).transpose(1, 2).reshape({shape.tokens(), op.heads * op.head_dim});
}

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up) { return at::silu(gate) * up; }

}  // namespace aimc::adapt
