#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

constexpr float largest_half = 65504.0F;
constexpr float smallest_normal_half = 0x1p-14F;
constexpr float largest_int8 = 127.0F;

[[gnu::always_inline]] inline float bounded(float value, float largest) {
  const float below = value > largest ? largest : value;
  return below < -largest ? -largest : below;
}

/// Nearest fp16, ties to even; saturates instead of overflowing, so that no infinity enters the softmax.
AIMC_VECTOR_CLONES void round_to_half(const float* from, float* to, Index count) {
  for (Index i = 0; i < count; ++i) {
    const float value = bounded(from[i], largest_half);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const float normal = std::bit_cast<float>((bits + 0xFFFU + ((bits >> 13) & 1U)) & 0xFFFFE000U);
    const float subnormal = (value + 0.75F) - 0.75F;  // below 2^-14 the step is 2^-24, that of fp32 near 0.75
    to[i] = std::fabs(value) < smallest_normal_half ? subnormal : normal;
  }
}

/// One head of one token on the grid of 255 symmetric codes of its own maximum.
AIMC_VECTOR_CLONES void round_to_int8(const float* from, float* to, Index count) {
  float maximum = 0;
  for (Index i = 0; i < count; ++i) maximum = std::fabs(from[i]) > maximum ? std::fabs(from[i]) : maximum;
  const float step = maximum > 0 ? maximum / largest_int8 : 1.0F;
  constexpr float shift = 12582912.0F;  // leaves no fraction bits: rounds to an integer, half to even
  for (Index i = 0; i < count; ++i) to[i] = ((bounded(from[i] / step, largest_int8) + shift) - shift) * step;
}

}  // namespace

KvCache::KvCache(Index capacity, Index kv_heads, Index head_dim, int kv_bits)
    : kv_heads_(kv_heads),
      head_dim_(head_dim),
      kv_bits_(kv_bits),
      turned_keys_((capacity + block_positions - 1) / block_positions, kv_heads * head_dim * block_positions),
      values_(capacity, kv_heads * head_dim) {
  AIMC_CHECK(kv_bits == 32 || kv_bits == 16 || kv_bits == 8, "kv_bits {}", kv_bits);
}

void KvCache::append(const MatrixView& k, const MatrixView& v) {
  AIMC_CHECK(k.cols() == width() && v.cols() == width() && k.rows() == v.rows(), "k [{}, {}], v [{}, {}]", k.rows(),
             k.cols(), v.rows(), v.cols());
  AIMC_CHECK(length_ + k.rows() <= values_.rows(), "{} + {} positions in a cache of {}", length_, k.rows(),
             values_.rows());
  const auto store = [&](const float* source, float* target) {
    if (kv_bits_ == 32) {
      std::copy_n(source, width(), target);
    } else if (kv_bits_ == 16) {
      round_to_half(source, target, width());
    } else {
      for (Index head = 0; head < kv_heads_; ++head)
        round_to_int8(source + head * head_dim_, target + head * head_dim_, head_dim_);
    }
  };
  Vector key(width());
  for (Index token = 0; token < k.rows(); ++token, ++length_) {
    store(v.row(token).data(), values_.row(length_).data());
    store(k.row(token).data(), key.data());
    float* block = turned_keys_.row(length_ / block_positions).data();
    const Index lane = length_ % block_positions;
    // The rest of a block is multiplied, too, though nobody reads it: it must not be slow to multiply.
    if (lane == 0) std::fill_n(block, width() * block_positions, 0.0F);
    for (Index d = 0; d < width(); ++d) block[d * block_positions + lane] = key[d];
  }
}

Matrix KvCache::keys() const {
  Matrix result(length_, width());
  for (Index position = 0; position < length_; ++position)
    for (Index d = 0; d < width(); ++d)
      result(position, d) = key_block(position / block_positions)[d * block_positions + position % block_positions];
  return result;
}

void KvCache::truncate(Index length) {
  AIMC_CHECK(length >= 0 && length <= length_, "truncate {} positions to {}", length_, length);
  length_ = length;
}

}  // namespace aimc::tiles
