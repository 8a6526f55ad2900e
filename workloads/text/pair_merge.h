#pragma once
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "workloads/text/tokenizer.h"

namespace aimc::workloads {

/// What two adjacent tokens merge to, and how soon: the lowest priority value goes first.
struct PairMerge {
  double priority = 0;
  TokenId merged = 0;
};

/// Byte-pair encoding: merges the adjacent pair of the lowest priority value, the leftmost of equals, until none is
/// left. find(left, right) gives std::optional<PairMerge>. The same result as rescanning after every merge, in O(n log
/// n).
template <class Find>
void merge_pairs(std::vector<TokenId>& ids, Find find) {
  struct Candidate {
    PairMerge merge;
    std::size_t at;
    TokenId left, right;
    bool operator<(const Candidate& other) const {  // priority_queue gives the greatest first
      if (merge.priority != other.merge.priority) return merge.priority > other.merge.priority;
      return at > other.at;
    }
  };
  const std::size_t count = ids.size(), none = count;
  constexpr TokenId gone = -1;
  std::vector<std::size_t> before(count), after(count);
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](std::size_t at) {
    if (at == none || after[at] == none) return;
    const TokenId left = ids[at], right = ids[after[at]];
    if (const std::optional<PairMerge> merge = find(left, right)) candidates.push({*merge, at, left, right});
  };
  for (std::size_t i = 0; i < count; ++i) {
    before[i] = i == 0 ? none : i - 1;
    after[i] = i + 1;
  }
  for (std::size_t i = 0; i < count; ++i) consider(i);
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    const std::size_t next = after[best.at];
    if (ids[best.at] != best.left || next == none || ids[next] != best.right) continue;  // a neighbour merged meanwhile
    ids[best.at] = best.merge.merged;
    ids[next] = gone;
    after[best.at] = after[next];
    if (after[next] != none) before[after[next]] = best.at;
    consider(before[best.at]);
    consider(best.at);
  }
  std::erase(ids, gone);
}

}  // namespace aimc::workloads
