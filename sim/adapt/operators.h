#pragma once
#include "sim/adapt/torch.h"
#include "workloads/graph/graph.h"

namespace aimc::adapt {

/// How a batch lies in rows: row = sequence * length + position.
struct BatchShape {
  std::int64_t sequences = 0, length = 0;
  [[nodiscard]] std::int64_t tokens() const { return sequences * length; }
};

/// x / sqrt(mean(x^2) + epsilon) * gain; x [tokens, n], gain [n].
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& gain, double epsilon);

/// Cosine and sine of every position's angles, [length, head_dim / 2] each.
struct RopeTable {
  at::Tensor cosine, sine;
};
RopeTable rope_table(const workloads::RopeSpec& rope, std::int64_t length, const at::Device& device);

/// Rotates the heads of x [tokens, heads * head_dim].
at::Tensor rope(const at::Tensor& x, const workloads::RopeOp& op, const BatchShape& shape, workloads::RopeLayout layout,
                const RopeTable& table);

/// Causal attention; q [tokens, heads * head_dim], k and v [tokens, kv_heads * head_dim]. Both products are computed in
/// `type`, the softmax in fp32.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const workloads::AttentionOp& op,
                     const BatchShape& shape, at::ScalarType type);

/// silu(gate) * up.
at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up);

}  // namespace aimc::adapt
