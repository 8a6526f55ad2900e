#pragma once
// How the trainer's attention on the CPU goes through its scores: some heads and positions at once.
#include <cstdint>
#include <vector>

#include "sim/adapt/torch.h"

namespace aimc::adapt {

/// Where heads and tokens lie. Query heads that read one kv head lie side by side at each position, so that each kv
/// head's keys are one product's right side, and consecutive positions are consecutive rows.
struct AttentionLayout {
  std::int64_t sequences, length, kv_heads, group, head_dim;

  /// [sequences x kv_heads, length x group, head_dim]
  [[nodiscard]] at::Tensor queries(const at::Tensor& q, at::ScalarType type) const {
    return q.reshape({sequences, length, kv_heads, group, head_dim})
        .permute({0, 2, 1, 3, 4})
        .to(type)
        .reshape({sequences * kv_heads, length * group, head_dim});
  }
  /// [sequences x kv_heads, length, head_dim]
  [[nodiscard]] at::Tensor keys(const at::Tensor& k, at::ScalarType type) const {
    return k.reshape({sequences, length, kv_heads, head_dim})
        .permute({0, 2, 1, 3})
        .to(type)
        .reshape({sequences * kv_heads, length, head_dim});
  }
  /// [tokens, heads x head_dim] of [sequences x kv_heads, length x group, head_dim]
  [[nodiscard]] at::Tensor from_queries(const at::Tensor& x) const {
    return x.reshape({sequences, kv_heads, length, group, head_dim})
        .permute({0, 2, 1, 3, 4})
        .to(at::kFloat)
        .reshape({sequences * length, kv_heads * group * head_dim});
  }
  /// [tokens, kv_heads x head_dim] of [sequences x kv_heads, length, head_dim]
  [[nodiscard]] at::Tensor from_keys(const at::Tensor& x) const {
    return x.reshape({sequences, kv_heads, length, head_dim})
        .permute({0, 2, 1, 3})
        .to(at::kFloat)
        .reshape({sequences * length, kv_heads * head_dim});
  }
};

/// Rows [first_row, first_row + rows) of the queries of kv heads [head, head + heads), and the keys [first_key,
/// first_key + keys) that any of them sees; `offset` of their scores among all.
struct AttentionBlock {
  std::int64_t head, heads, first_row, rows, first_key, keys, offset;

  [[nodiscard]] std::int64_t size() const { return heads * rows * keys; }
  /// [heads, rows, head_dim] of [all heads, all rows, head_dim]
  [[nodiscard]] at::Tensor of_queries(const at::Tensor& x) const {
    return x.narrow(0, head, heads).narrow(1, first_row, rows);
  }
  /// [heads, keys, head_dim] of [all heads, length, head_dim]
  [[nodiscard]] at::Tensor of_keys(const at::Tensor& x) const {
    return x.narrow(0, head, heads).narrow(1, first_key, keys);
  }
  /// [heads, rows, keys] of flat memory, from its number `start` on.
  [[nodiscard]] at::Tensor scores_in(const at::Tensor& memory, std::int64_t start) const {
    return memory.narrow(0, start, size()).view({heads, rows, keys});
  }
};

/// All blocks, with the scores of the largest and of all.
struct AttentionBlocks {
  std::vector<AttentionBlock> all;
  std::int64_t largest = 0, scores = 0;
};

/// kv heads that attention takes at once, so that a thread's part of the scores stays in its cache; more with more
/// threads.
[[nodiscard]] std::int64_t heads_at_once(const AttentionLayout& layout);

/// The blocks of a causal attention that sees `window` keys at most (0: all before), so many heads at once. Heads do
/// not meet, so that no bits depend on how many.
[[nodiscard]] AttentionBlocks attention_blocks(const AttentionLayout& layout, std::int64_t window,
                                               std::int64_t heads_each);

}  // namespace aimc::adapt
