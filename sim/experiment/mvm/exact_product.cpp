#include "sim/experiment/mvm/exact_product.h"

#include <algorithm>

#include "base/parallel/parallel.h"
#include "base/parallel/vector_clones.h"

namespace aimc::sim {
namespace {

constexpr Index lanes = 8, vectors = 4, block_tokens = lanes * vectors, group = 4;

using Lanes = double __attribute__((vector_size(lanes * sizeof(double))));
using UnalignedLanes = double __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

/// Four channels of one block of tokens: sums [group, block_tokens] of x [in, block_tokens] times the channels'
/// weights.
AIMC_VECTOR_CLONES void multiply_group(const double* x, const float* const* weights, Index in, double* sums) {
  Lanes total[group][vectors] = {};
  for (Index i = 0; i < in; ++i) {
    const auto* column = reinterpret_cast<const UnalignedLanes*>(x + i * block_tokens);
    for (Index channel = 0; channel < group; ++channel) {
      const auto weight = static_cast<double>(weights[channel][i]);
      for (Index v = 0; v < vectors; ++v) total[channel][v] += weight * column[v];
    }
  }
  auto* to = reinterpret_cast<UnalignedLanes*>(sums);
  for (Index channel = 0; channel < group; ++channel)
    for (Index v = 0; v < vectors; ++v) to[channel * vectors + v] = total[channel][v];
}

}  // namespace

ExactProduct::ExactProduct(MatrixView inputs)
    : tokens_(inputs.rows()),
      in_(inputs.cols()),
      columns_(static_cast<std::size_t>((tokens_ + block_tokens - 1) / block_tokens * block_tokens * in_)) {
  parallel_for((tokens_ + block_tokens - 1) / block_tokens, [&](std::int64_t block) {
    double* to = columns_.data() + block * block_tokens * in_;
    const Index first = block * block_tokens, count = std::min(block_tokens, tokens_ - first);
    for (Index i = 0; i < in_; ++i)
      for (Index token = 0; token < count; ++token) to[i * block_tokens + token] = inputs(first + token, i);
  });
}

void ExactProduct::channels(const Matrix& weights, Index first, Index count, double* product) const {
  double sums[group * block_tokens];
  for (Index token = 0; token < tokens_; token += block_tokens) {
    const Index in_block = std::min(block_tokens, tokens_ - token);
    for (Index channel = 0; channel < count; channel += group) {
      const float* rows[group];
      for (Index g = 0; g < group; ++g)  // the last group repeats its last channel
        rows[g] = weights.data() + (first + std::min(channel + g, count - 1)) * weights.cols();
      multiply_group(columns_.data() + token * in_, rows, in_, sums);
      for (Index g = 0; g < std::min(group, count - channel); ++g)
        std::copy_n(sums + g * block_tokens, in_block, product + (channel + g) * tokens_ + token);
    }
  }
}

}  // namespace aimc::sim
