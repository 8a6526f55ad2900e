#pragma once
#include <span>
#include <vector>

#include "base/tensor/matrix.h"

namespace aimc::tiles {

/// y[tokens, n] = x / sqrt(mean(x^2) + epsilon) * gain[n].
void rms_norm(MatrixView x, std::span<const float> gain, double epsilon, MatrixSpan y);

/// Rotates each head of x [tokens, heads * head_dim] in place; token t stands at position first + t.
/// frequencies [head_dim / 2]; interleaved pairs are (2i, 2i+1), otherwise (i, i + head_dim/2).
void rope(MatrixSpan x, Index head_dim, std::span<const double> frequencies, bool interleaved, Index first_position);

/// y = silu(gate) * up, all [tokens, n].
void swiglu(MatrixView gate, MatrixView up, MatrixSpan y);

/// K and V of one layer, [capacity, kv_heads * head_dim] each, filled up to length. kv_bits: 32 keeps fp32, 16 rounds
/// to fp16, 8 to int8 per head and token (symmetric, scale = max/127).
class KvCache {
 public:
  /// Positions whose keys lie together, so that a query is multiplied with all of them at once.
  static constexpr Index block_positions = 16;

  KvCache(Index capacity, Index kv_heads, Index head_dim, int kv_bits);
  void append(const MatrixView& k, const MatrixView& v);
  /// Forgets all positions from length on.
  void truncate(Index length);
  [[nodiscard]] Index length() const { return length_; }
  /// kv_heads * head_dim.
  [[nodiscard]] Index width() const { return values_.cols(); }
  /// The keys of positions [block * block_positions, + block_positions), turned: [width, block_positions]. What stands
  /// at positions from length on means nothing.
  [[nodiscard]] const float* key_block(Index block) const {
    return turned_keys_.data() + block * width() * block_positions;
  }
  [[nodiscard]] const Matrix& values() const { return values_; }
  /// A copy of the keys as they came, [length, width].
  [[nodiscard]] Matrix keys() const;

 private:
  Index kv_heads_, head_dim_, length_ = 0;
  int kv_bits_;
  Matrix turned_keys_;  ///< [blocks, width * block_positions]
  Matrix values_;
};

/// Causal attention of q [tokens, heads * head_dim], whose last token is the cache's last position; out like q.
/// Grouped queries: head h reads kv head h / (heads / kv_heads). window > 0 limits the positions seen.
void attention(MatrixView q, const KvCache& cache, Index heads, Index window, MatrixSpan out);

}  // namespace aimc::tiles
