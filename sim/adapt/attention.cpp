#include <cmath>

#include "sim/adapt/operator_kernels.h"
#include "sim/adapt/operators.h"
#include "sim/adapt/rows_of.h"

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;
using workloads::AttentionOp;

/// Where heads and tokens lie. Query heads that read one kv head are stacked, so that each kv head's keys are one
/// product's right side: [sequences x kv_heads, group x length, head_dim].
struct Layout {
  std::int64_t sequences, length, kv_heads, group, head_dim;

  [[nodiscard]] at::Tensor queries(const at::Tensor& q, at::ScalarType type) const {
    return q.reshape({sequences, length, kv_heads, group, head_dim})
        .permute({0, 2, 3, 1, 4})
        .to(type)
        .reshape({sequences * kv_heads, group * length, head_dim});
  }
  [[nodiscard]] at::Tensor keys(const at::Tensor& k, at::ScalarType type) const {
    return k.reshape({sequences, length, kv_heads, head_dim})
        .permute({0, 2, 1, 3})
        .to(type)
        .reshape({sequences * kv_heads, length, head_dim});
  }
  [[nodiscard]] at::Tensor from_queries(const at::Tensor& x) const {
    return x.reshape({sequences, kv_heads, group, length, head_dim})
        .permute({0, 3, 1, 2, 4})
        .to(at::kFloat)
        .reshape({sequences * length, kv_heads * group * head_dim});
  }
  [[nodiscard]] at::Tensor from_keys(const at::Tensor& x) const {
    return x.reshape({sequences, kv_heads, length, head_dim})
        .permute({0, 2, 1, 3})
        .to(at::kFloat)
        .reshape({sequences * length, kv_heads * head_dim});
  }
};

/// All rows of scores [n, group x length, length] as one matrix.
template <class T>
Rows<T> score_rows(const at::Tensor& scores) {
  return rows_of<T>(scores.view({-1, scores.size(2)}));
}

bool is_bf16(const at::Tensor& tensor) { return tensor.scalar_type() == at::kBFloat16; }

struct AttentionFunction : Function<AttentionFunction> {
  static Variable forward(AutogradContext* context, const Variable& q, const Variable& k, const Variable& v,
                          const Layout& layout, const CausalRows& causal, at::ScalarType type) {
    const at::Tensor queries = layout.queries(q, type), keys = layout.keys(k, type), values = layout.keys(v, type);
    const at::Tensor scores = at::bmm(queries, keys.transpose(1, 2));
    if (is_bf16(scores))
      causal_softmax(score_rows<Bf16Bits>(scores), causal);
    else
      causal_softmax(score_rows<float>(scores), causal);
    context->save_for_backward({queries, keys, values, scores});
    context->saved_data["layout"] = std::vector<std::int64_t>{layout.sequences, layout.length,   layout.kv_heads,
                                                              layout.group,     layout.head_dim, causal.window};
    return layout.from_queries(at::bmm(scores, values));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &queries = saved[0], &keys = saved[1], &values = saved[2], &probabilities = saved[3];
    const auto numbers = context->saved_data["layout"].toIntVector();
    const Layout layout{numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
    const CausalRows causal = causal_rows(layout, numbers[5]);
    const at::Tensor dy = layout.queries(gradients[0], queries.scalar_type());
    const at::Tensor dvalues = at::bmm(probabilities.transpose(1, 2), dy);
    const at::Tensor dscores = at::bmm(dy, values.transpose(1, 2));
    if (is_bf16(dscores))
      causal_softmax_backward(score_rows<const Bf16Bits>(probabilities), causal, score_rows<Bf16Bits>(dscores));
    else
      causal_softmax_backward(score_rows<const float>(probabilities), causal, score_rows<float>(dscores));
    const at::Tensor dqueries = at::bmm(dscores, keys), dkeys = at::bmm(dscores.transpose(1, 2), queries);
    return {layout.from_queries(dqueries),
            layout.from_keys(dkeys),
            layout.from_keys(dvalues),
            Variable(),
            Variable(),
            Variable()};
  }

  static CausalRows causal_rows(const Layout& layout, std::int64_t window) {
    return {layout.length, window, static_cast<float>(1 / std::sqrt(static_cast<double>(layout.head_dim)))};
  }
};

/// The same with libtorch's operators, for devices that our loops do not run on.
at::Tensor attention_of_tensors(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Layout& layout,
                                std::int64_t window, at::ScalarType type) {
  const auto options = q.options().dtype(at::kBool);
  at::Tensor hidden = at::ones({layout.length, layout.length}, options).triu(1);
  if (window > 0) hidden = hidden.logical_or(at::ones({layout.length, layout.length}, options).tril(-window));
  const at::Tensor queries = layout.queries(q, type), keys = layout.keys(k, type);
  const at::Tensor scores =
      (at::bmm(queries, keys.transpose(1, 2)).to(at::kFloat) / std::sqrt(static_cast<double>(layout.head_dim)))
          .reshape({-1, layout.group, layout.length, layout.length})
          .masked_fill(hidden, -INFINITY)
          .softmax(-1)
          .to(type)
          .reshape({-1, layout.group * layout.length, layout.length});
  return layout.from_queries(at::bmm(scores, layout.keys(v, type)));
}

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionOp& op,
                     const BatchShape& shape, at::ScalarType type) {
  const Layout layout{shape.sequences, shape.length, op.kv_heads, op.heads / op.kv_heads, op.head_dim};
  if (!q.is_cpu()) return attention_of_tensors(q, k, v, layout, op.window, type);
  return AttentionFunction::apply(q, k, v, layout, AttentionFunction::causal_rows(layout, op.window), type);
}

}  // namespace aimc::adapt
