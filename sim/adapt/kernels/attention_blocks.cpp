#include "sim/adapt/kernels/attention_blocks.h"

#include <algorithm>

#include "base/check/check.h"
#include "base/parallel/parallel.h"

namespace aimc::adapt {
namespace {

/// Scores that each thread works on at once: few enough to stay in its core's cache between the two products (of a
/// sequence too long for that, one block of one head).
constexpr std::int64_t scores_at_once = 1 << 19;
/// Positions that are attended at once: keys after the last of them are never touched.
constexpr std::int64_t positions_at_once = 128;

}  // namespace

std::int64_t heads_at_once(const AttentionLayout& layout) {
  const std::int64_t heads = layout.sequences * layout.kv_heads, positions = std::min(layout.length, positions_at_once);
  AIMC_CHECK(heads > 0 && positions > 0, "attention of {} heads, {} positions", heads, positions);
  return std::clamp<std::int64_t>(scores_at_once * thread_count() / (positions * layout.group * layout.length), 1,
                                  heads);
}

AttentionBlocks attention_blocks(const AttentionLayout& layout, std::int64_t window, std::int64_t heads_each) {
  const std::int64_t heads = layout.sequences * layout.kv_heads;
  AttentionBlocks blocks;
  for (std::int64_t head = 0; head < heads; head += heads_each)
    for (std::int64_t first = 0; first < layout.length; first += positions_at_once) {
      const std::int64_t last = std::min(layout.length, first + positions_at_once);
      const std::int64_t first_key = window > 0 ? std::max<std::int64_t>(0, first + 1 - window) : 0;
      blocks.all.push_back({.head = head,
                            .heads = std::min(heads_each, heads - head),
                            .first_row = first * layout.group,
                            .rows = (last - first) * layout.group,
                            .first_key = first_key,
                            .keys = last - first_key,
                            .offset = blocks.scores});
      blocks.largest = std::max(blocks.largest, blocks.all.back().size());
      blocks.scores += blocks.all.back().size();
    }
  return blocks;
}

}  // namespace aimc::adapt
