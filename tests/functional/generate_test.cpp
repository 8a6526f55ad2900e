#include "sim/functional/generate.h"

#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

class Generate : public ::testing::Test {
 protected:
  Generate() : graph(workloads::build_graph(test::tiny_config())), model(graph, weights) {}
  Generation run(const GenerationOptions& options, const TokenCallback& on_token = {}) {
    return generate(model.executor, prompt, options, RandomKey(4), on_token);
  }
  test::RandomWeights weights;
  workloads::Graph graph;
  test::FloatModel model;
  std::vector<TokenId> prompt = test::some_tokens(6, 32);
};

TEST_F(Generate, GreedyTakesTheLargestLogitOfTheWholeText) {
  const auto generation = run({.new_tokens = 8});
  ASSERT_EQ(generation.ids.size(), 8U);
  auto text = prompt;
  for (const TokenId id : generation.ids) {
    Index best = 0;
    model.logits(text).bottomRows(1).row(0).maxCoeff(&best);
    EXPECT_EQ(id, best);
    text.push_back(id);
  }
}

TEST_F(Generate, EndsAtAStopId) {
  const auto free = run({.new_tokens = 8});
  const auto stopped = run({.new_tokens = 8, .sampling = {}, .stop_ids = {free.ids[2]}});
  const auto first = std::ranges::find(free.ids, free.ids[2]) - free.ids.begin();
  EXPECT_EQ(stopped.ids, std::vector<TokenId>(free.ids.begin(), free.ids.begin() + first + 1));
}

TEST_F(Generate, EndsWhenTheCallbackHasEnough) {
  std::vector<TokenId> seen;
  const auto generation = run({.new_tokens = 8}, [&](TokenId id) {
    seen.push_back(id);
    return seen.size() < 3;
  });
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(generation.ids, seen);
}

TEST_F(Generate, SamplingRepeatsWithTheKey) {
  const GenerationOptions options{.new_tokens = 10, .sampling = {.temperature = 1.5}};
  EXPECT_EQ(run(options).ids, run(options).ids);
  EXPECT_NE(run(options).ids, generate(model.executor, prompt, options, RandomKey(5)).ids);
}

TEST_F(Generate, CountsOnePrefillAndOneDecodePassLessThanTokens) {
  const auto counts = run({.new_tokens = 4}).counts;
  // Two layers; a position holds 2 x 2 heads x 4 values of 4 bytes = 64 bytes. 6 prompt tokens, 3 decode passes.
  std::int64_t prefill = 0, decode = 0;
  for (const auto& [key, times] : counts.entries()) {
    if (key.action != Action::kv_write_byte) continue;
    (key.phase == Phase::prefill ? prefill : decode) += times;
  }
  EXPECT_EQ(prefill, 2 * 6 * 64);
  EXPECT_EQ(decode, 2 * 3 * 64);
}

TEST_F(Generate, TooLongIsTheUsersMistake) {
  EXPECT_THROW(run({.new_tokens = 59}), InputError);  // context 64
  EXPECT_EQ(run({.new_tokens = 58}).ids.size(), 58U);
  prompt.clear();
  EXPECT_THROW(run({.new_tokens = 1}), InputError);
}

}  // namespace
}  // namespace aimc::sim
