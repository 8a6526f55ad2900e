#include <algorithm>
#include <cmath>

#include "base/check/check.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

constexpr float largest_half = 65504.0F;
constexpr float largest_int8 = 127.0F;

/// Nearest fp16, ties to even; saturates instead of overflowing, so that no infinity enters the softmax.
float round_to_half(float value) {
  return static_cast<float>(static_cast<Eigen::half>(std::clamp(value, -largest_half, largest_half)));
}

/// One head of one token on the grid of 255 symmetric codes of its own maximum.
void round_to_int8(const float* from, float* to, Index count) {
  float maximum = 0;
  for (Index i = 0; i < count; ++i) maximum = std::max(maximum, std::fabs(from[i]));
  if (maximum == 0.0F) {
    std::fill_n(to, count, 0.0F);
    return;
  }
  const float step = maximum / largest_int8;
  for (Index i = 0; i < count; ++i)
    to[i] = std::clamp(std::nearbyint(from[i] / step), -largest_int8, largest_int8) * step;
}

}  // namespace

KvCache::KvCache(Index capacity, Index kv_heads, Index head_dim, int kv_bits)
    : kv_heads_(kv_heads),
      head_dim_(head_dim),
      kv_bits_(kv_bits),
      keys_(capacity, kv_heads * head_dim),
      values_(capacity, kv_heads * head_dim) {
  AIMC_CHECK(kv_bits == 32 || kv_bits == 16 || kv_bits == 8, "kv_bits {}", kv_bits);
}

void KvCache::append(MatrixView k, MatrixView v) {
  AIMC_CHECK(k.cols() == keys_.cols() && v.cols() == keys_.cols() && k.rows() == v.rows(), "k [{}, {}], v [{}, {}]",
             k.rows(), k.cols(), v.rows(), v.cols());
  AIMC_CHECK(length_ + k.rows() <= keys_.rows(), "{} + {} positions in a cache of {}", length_, k.rows(), keys_.rows());
  const auto store = [&](const MatrixView& from, Matrix& to) {
    for (Index token = 0; token < from.rows(); ++token) {
      const float* source = from.row(token).data();
      float* target = to.row(length_ + token).data();
      if (kv_bits_ == 32) {
        std::copy_n(source, from.cols(), target);
      } else if (kv_bits_ == 16) {
        std::transform(source, source + from.cols(), target, round_to_half);
      } else {
        for (Index head = 0; head < kv_heads_; ++head)
          round_to_int8(source + head * head_dim_, target + head * head_dim_, head_dim_);
      }
    }
  };
  store(k, keys_);
  store(v, values_);
  length_ += k.rows();
}

void KvCache::truncate(Index length) {
  AIMC_CHECK(length >= 0 && length <= length_, "truncate {} positions to {}", length_, length);
  length_ = length;
}

}  // namespace aimc::tiles
