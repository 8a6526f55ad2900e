#include <cmath>
#include <vector>

#include "sim/adapt/kernels/attention_blocks.h"
#include "sim/adapt/kernels/operator_kernels.h"
#include "sim/adapt/kernels/own_loops.h"
#include "sim/adapt/kernels/rows_of.h"
#include "sim/adapt/operators.h"

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;
using workloads::AttentionOp;

bool is_bf16(const at::Tensor& tensor) { return tensor.scalar_type() == at::kBFloat16; }

/// All rows of scores [heads, rows, keys] as one matrix.
template <class T>
Rows<T> score_rows(const at::Tensor& scores) {
  return rows_of<T>(scores.view({-1, scores.size(2)}));
}

void to_probabilities(const at::Tensor& scores, const CausalRows& causal) {
  if (is_bf16(scores))
    causal_softmax(score_rows<Bf16Bits>(scores), causal);
  else
    causal_softmax(score_rows<float>(scores), causal);
}

void to_gradient_of_scores(const at::Tensor& probabilities, const CausalRows& causal, const at::Tensor& gradient) {
  if (is_bf16(gradient))
    causal_softmax_backward(score_rows<const Bf16Bits>(probabilities), causal, score_rows<Bf16Bits>(gradient));
  else
    causal_softmax_backward(score_rows<const float>(probabilities), causal, score_rows<float>(gradient));
}

struct AttentionFunction : Function<AttentionFunction> {
  static Variable forward(AutogradContext* context, const Variable& q, const Variable& k, const Variable& v,
                          const AttentionLayout& layout, std::int64_t window, at::ScalarType type) {
    const at::Tensor queries = layout.queries(q, type), keys = layout.keys(k, type), values = layout.keys(v, type);
    const std::int64_t at_once = heads_at_once(layout);
    const AttentionBlocks blocks = attention_blocks(layout, window, at_once);
    // Of all blocks, one after another: flat.
    const at::Tensor probabilities = at::empty({blocks.scores}, keys.options()), y = at::empty_like(queries);
    for (const AttentionBlock& block : blocks.all) {
      at::Tensor scores = block.scores_in(probabilities, block.offset);
      at::bmm_out(scores, block.of_queries(queries), block.of_keys(keys).transpose(1, 2));
      to_probabilities(scores, causal_rows(layout, window, block));
      block.of_queries(y).copy_(at::bmm(scores, block.of_keys(values)));
    }
    context->save_for_backward({queries, keys, values, probabilities});
    context->saved_data["layout"] = std::vector<std::int64_t>{
        layout.sequences, layout.length, layout.kv_heads, layout.group, layout.head_dim, window, at_once};
    return layout.from_queries(y);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &queries = saved[0], &keys = saved[1], &values = saved[2], &probabilities = saved[3];
    const auto numbers = context->saved_data["layout"].toIntVector();
    const AttentionLayout layout{numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
    const std::int64_t window = numbers[5];
    const AttentionBlocks blocks = attention_blocks(layout, window, numbers[6]);
    const at::Tensor dy = layout.queries(gradients[0], queries.scalar_type()), dqueries = at::empty_like(queries),
                     scratch = at::empty({blocks.largest}, keys.options());
    // Sums over blocks, in fp32 whatever the products' type.
    const at::Tensor dkeys = at::zeros(keys.sizes(), keys.options().dtype(at::kFloat)), dvalues = at::zeros_like(dkeys);
    for (const AttentionBlock& block : blocks.all) {
      const at::Tensor p = block.scores_in(probabilities, block.offset), dy_rows = block.of_queries(dy);
      at::Tensor dscores = block.scores_in(scratch, 0);
      block.of_keys(dvalues).add_(at::bmm(p.transpose(1, 2), dy_rows));
      at::bmm_out(dscores, dy_rows, block.of_keys(values).transpose(1, 2));
      to_gradient_of_scores(p, causal_rows(layout, window, block), dscores);
      block.of_queries(dqueries).copy_(at::bmm(dscores, block.of_keys(keys)));
      block.of_keys(dkeys).add_(at::bmm(dscores.transpose(1, 2), block.of_queries(queries)));
    }
    return {layout.from_queries(dqueries),
            layout.from_keys(dkeys),
            layout.from_keys(dvalues),
            Variable(),
            Variable(),
            Variable()};
  }

  static CausalRows causal_rows(const AttentionLayout& layout, std::int64_t window, const AttentionBlock& block) {
    return {.rows = block.rows,
            .first_row = block.first_row,
            .first_key = block.first_key,
            .group = layout.group,
            .window = window,
            .scale = static_cast<float>(1 / std::sqrt(static_cast<double>(layout.head_dim)))};
  }
};

/// The same with libtorch's operators, for devices that our loops do not run on.
at::Tensor attention_of_tensors(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                const AttentionLayout& layout, std::int64_t window, at::ScalarType type) {
  const auto options = q.options().dtype(at::kBool);
  at::Tensor hidden = at::ones({layout.length, layout.length}, options).triu(1);
  if (window > 0) hidden = hidden.logical_or(at::ones({layout.length, layout.length}, options).tril(-window));
  const at::Tensor queries = layout.queries(q, type), keys = layout.keys(k, type);
  const at::Tensor scores =
      (at::bmm(queries, keys.transpose(1, 2)).to(at::kFloat) / std::sqrt(static_cast<double>(layout.head_dim)))
          .reshape({-1, layout.length, layout.group, layout.length})
          .masked_fill(hidden.unsqueeze(1), -INFINITY)
          .softmax(-1)
          .to(type)
          .reshape({-1, layout.length * layout.group, layout.length});
  return layout.from_queries(at::bmm(scores, layout.keys(v, type)));
}

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionOp& op,
                     const BatchShape& shape, at::ScalarType type) {
  const AttentionLayout layout{shape.sequences, shape.length, op.kv_heads, op.heads / op.kv_heads, op.head_dim};
  if (!runs_own_loops(q.device())) return attention_of_tensors(q, k, v, layout, op.window, type);
  return AttentionFunction::apply(q, k, v, layout, op.window, type);
}

}  // namespace aimc::adapt
