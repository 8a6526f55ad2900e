#include "tiles/linear/token_blocks.h"

#include <algorithm>

#include "base/parallel/parallel.h"

namespace aimc::tiles {
namespace {
constexpr Index tokens_per_block = 128;         ///< partial sums of a block stay in the second-level cache
constexpr Index worth_a_team = Index{2} << 20;  ///< multiply-accumulates that outweigh waking the other threads
}  // namespace

void for_each_output_block(Index tokens, Index column_blocks, Index multiply_accumulates,
                           const std::function<void(const OutputBlock&)>& body) {
  const Index token_blocks = (tokens + tokens_per_block - 1) / tokens_per_block;
  const Index count = token_blocks * column_blocks;
  // Neighbouring pieces share their weights, which are then still in the cache.
  const auto piece = [&](std::int64_t i) {
    const Index token = i % token_blocks * tokens_per_block;
    body({token, std::min(tokens_per_block, tokens - token), i / token_blocks});
  };
  if (tokens * multiply_accumulates < worth_a_team) {
    for (Index i = 0; i < count; ++i) piece(i);
  } else {
    parallel_for(count, piece);
  }
}

}  // namespace aimc::tiles
