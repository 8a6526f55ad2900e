#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/random/stream.h"
#include "sim/experiment/synthesize/draw_token.h"
#include "sim/functional/executor.h"

namespace aimc::sim {

/// What every sequence begins with and how it goes on.
struct SequenceRule {
  TokenId bos = 0;
  std::int64_t length = 0;  ///< tokens of a sequence, BOS included
  workloads::SamplingSpec sampling;
  std::uint64_t seed = 0;
};

/// Sequences that decode together, one token each a pass, and share its matrix products. Their KV caches are reused by
/// the next ones.
class DecodeGroup {
 public:
  /// The executor must outlive it.
  DecodeGroup(const FunctionalExecutor& executor, const SequenceRule& rule) : executor_(executor), rule_(rule) {}
  /// Draws the sequences numbers[..] whole into ids [numbers, length]. Token p of sequence i is drawn with number p of
  /// the key (seed, "synthesize", i), whatever else is in the group. on_step is told after every pass how many tokens
  /// it gave. Throws InputError, Interrupted.
  void run(std::span<const std::int64_t> numbers, std::span<std::uint32_t> ids,
           const std::function<void(std::int64_t)>& on_step);

 private:
  const FunctionalExecutor& executor_;
  SequenceRule rule_;
  std::vector<Sequence> sequences_;
};

}  // namespace aimc::sim
