#include "sim/experiment/synthesize/decode_group.h"

#include "base/check/check.h"
#include "base/parallel/interrupt.h"

namespace aimc::sim {

void DecodeGroup::run(std::span<const std::int64_t> numbers, std::span<std::uint32_t> ids,
                      const std::function<void(std::int64_t)>& on_step) {
  const std::size_t count = numbers.size();
  const auto length = static_cast<std::size_t>(rule_.length);
  AIMC_CHECK(ids.size() == count * length, "{} ids for {} sequences of {}", ids.size(), count, length);
  while (sequences_.size() < count) sequences_.push_back(executor_.new_sequence(rule_.length));
  std::vector<TokenId> last(count, rule_.bos);
  std::vector<Segment> segments;
  std::vector<RandomKey> keys;
  const RandomKey root = RandomKey(rule_.seed).child("synthesize");
  for (std::size_t i = 0; i < count; ++i) {
    sequences_[i].truncate(0);
    segments.push_back({.tokens = {&last[i], 1}, .sequence = &sequences_[i]});
    keys.push_back(root.child(static_cast<std::uint64_t>(numbers[i])));
    ids[i * length] = static_cast<std::uint32_t>(rule_.bos);
  }
  on_step(static_cast<std::int64_t>(count));
  TokenDraw draw(rule_.sampling);
  for (std::size_t position = 1; position < length; ++position) {
    throw_if_interrupted();
    const Matrix logits = executor_.forward(segments, LogitsFor::last_token);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = static_cast<std::size_t>(logits.cols());
      last[i] = draw({logits.data() + i * row, row}, uniform(keys[i], position));
      ids[i * length + position] = static_cast<std::uint32_t>(last[i]);
    }
    on_step(static_cast<std::int64_t>(count));
  }
}

}  // namespace aimc::sim
