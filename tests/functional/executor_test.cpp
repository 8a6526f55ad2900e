#include <gtest/gtest.h>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "sim/mapping/mapper.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using test::FloatModel;
using test::largest_difference;
using test::some_tokens;
using test::tiny_config;

class Executor : public ::testing::Test {
 protected:
  Executor() : graph(workloads::build_graph(tiny_config())), model(graph, weights) {}
  test::RandomWeights weights;
  workloads::Graph graph;
  FloatModel model;
  std::vector<TokenId> ids = some_tokens(20, 32);
};

TEST_F(Executor, HeadRunsForSampledTokensOnly) {
  const PassPlan plan = plan_pass(graph);
  std::vector<std::string> sampled;
  for (const auto& node : graph.nodes)
    if (plan.sampled_only[node.id]) sampled.push_back(node.name);
  EXPECT_EQ(sampled, (std::vector<std::string>{"model.norm", "lm_head", "sample"}));
}

TEST_F(Executor, TokenByTokenIsPrefill) {
  const Matrix at_once = model.logits(ids);
  Sequence sequence = model.executor.new_sequence(20);
  for (std::size_t t = 0; t < ids.size(); ++t) {
    const Matrix one = model.executor.forward(std::span(ids).subspan(t, 1), sequence, LogitsFor::every_token);
    EXPECT_EQ(largest_difference(one, at_once.row(static_cast<Index>(t))), 0) << "token " << t;
  }
}

TEST_F(Executor, LastTokenIsTheLastRow) {
  const Matrix all = model.logits(ids);
  Sequence sequence = model.executor.new_sequence(20);
  const Matrix last = model.executor.forward(ids, sequence, LogitsFor::last_token);
  ASSERT_EQ(last.rows(), 1);
  EXPECT_EQ(largest_difference(last, all.row(19)), 0);
  EXPECT_EQ(sequence.length, 20);
}

TEST_F(Executor, SequencesInOnePassDoNotSeeEachOther) {
  const auto others = some_tokens(7, 32, 8);
  Sequence first = model.executor.new_sequence(30), second = model.executor.new_sequence(30);
  const std::vector<Segment> begin{{std::span(ids).first(4), &first}, {std::span(others).first(3), &second}};
  model.executor.forward(begin, LogitsFor::last_token);
  const std::vector<Segment> end{{std::span(ids).subspan(4), &first}, {std::span(others).subspan(3), &second}};
  const Matrix logits = model.executor.forward(end, LogitsFor::last_token);
  ASSERT_EQ(logits.rows(), 2);
  EXPECT_EQ(largest_difference(logits.row(0), model.logits(ids).row(19)), 0);
  EXPECT_EQ(largest_difference(logits.row(1), model.logits(others).row(6)), 0);
}

TEST_F(Executor, TruncateForgets) {
  const auto others = some_tokens(5, 32, 9);
  Sequence sequence = model.executor.new_sequence(20);
  model.executor.forward(std::span(ids).first(10), sequence, LogitsFor::last_token);
  model.executor.forward(others, sequence, LogitsFor::last_token);
  sequence.truncate(10);
  const Matrix logits = model.executor.forward(std::span(ids).subspan(10), sequence, LogitsFor::last_token);
  EXPECT_EQ(largest_difference(logits, model.logits(ids).row(19)), 0);
}

TEST_F(Executor, ThreadsChangeNoBit) {
  set_thread_count(1);
  const Matrix one = model.logits(ids);
  set_thread_count(2);
  const Matrix two = model.logits(ids);
  set_thread_count(0);
  EXPECT_EQ(largest_difference(one, two), 0);
}

TEST_F(Executor, LaterTokensDoNotChangeEarlierLogits) {
  auto changed = ids;
  changed.back() = (changed.back() + 1) % 32;
  const Matrix a = model.logits(ids), b = model.logits(changed);
  EXPECT_EQ(largest_difference(a.topRows(19), b.topRows(19)), 0);
  EXPECT_GT(largest_difference(a.row(19), b.row(19)), 0.01F);
}

TEST_F(Executor, SlidingWindowForgetsOldTokens) {
  auto config = tiny_config();
  config.layers = 1;  // in one layer a token sees exactly the window
  config.sliding_window = 3;
  const workloads::Graph windowed = workloads::build_graph(config);
  const FloatModel narrow(windowed, weights);
  auto changed = ids;
  changed[0] = (changed[0] + 1) % 32;
  const Matrix a = narrow.logits(ids), b = narrow.logits(changed);
  EXPECT_GT(largest_difference(a.row(2), b.row(2)), 1e-4F);
  EXPECT_EQ(largest_difference(a.bottomRows(17), b.bottomRows(17)), 0);
}

TEST_F(Executor, IdOutsideTheVocabularyIsTheUsersMistake) {
  ids[3] = 32;
  EXPECT_THROW(model.logits(ids), InputError);
}

}  // namespace
}  // namespace aimc::sim
