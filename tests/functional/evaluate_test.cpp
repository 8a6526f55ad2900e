#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "base/parallel/parallel.h"
#include "sim/evaluate/log_likelihood.h"
#include "sim/evaluate/score.h"
#include "sim/evaluate/summarize.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using test::FloatModel;
using test::some_tokens;
using workloads::Task;

Task make_task() {
  Task task;
  for (std::uint64_t i = 0; i < 9; ++i)
    task.texts.push_back({"text", some_tokens(5 + 6 * i, 32, i), static_cast<std::int64_t>(20 + 7 * i)});
  for (std::uint64_t i = 0; i < 7; ++i) {
    workloads::ChoiceItem item;
    item.context = some_tokens(3 + 2 * i, 32, 100 + i);
    for (std::uint64_t c = 0; c < 2 + i % 3; ++c) {
      item.choices.push_back(some_tokens(1 + c + i % 2, 32, 1000 + 10 * i + c));
      item.characters.push_back(static_cast<std::int64_t>(4 + c));
    }
    item.answer = 1;
    task.choices.push_back(item);
  }
  return task;
}

class Evaluate : public ::testing::Test {
 protected:
  Evaluate() : graph(workloads::build_graph(test::tiny_config())), model(graph, weights), task(make_task()) {}

  DeploymentPlan plan(const std::string& name, bool noisy) {
    DeploymentPlan out;
    out.name = name;
    out.program = &model.program;
    if (noisy) out.numerics.device = {.model = "additive", .additive_sigma = 0.05};
    return out;
  }
  std::vector<DeploymentAccuracy> run(std::int64_t seeds) {
    return evaluate({plan("w16", false), plan("w16-hwnoise", true)}, weights, model.shared, task,
                    {.count = seeds, .seed = 11}, progress);
  }

  test::RandomWeights weights;
  workloads::Graph graph;
  FloatModel model;
  Task task;
  Progress progress;
};

/// Log-likelihood of ids[from..] by one plain pass over everything.
double plain_score(const FloatModel& model, const std::vector<TokenId>& ids, std::size_t from) {
  const Matrix logits = model.logits(ids);
  double sum = 0;
  for (std::size_t t = from; t < ids.size(); ++t) {
    const auto row = logits.row(static_cast<Index>(t) - 1);
    sum += token_log_likelihood({row.data(), static_cast<std::size_t>(row.size())}, ids[t]);
  }
  return sum;
}

TEST_F(Evaluate, SharedContextsScoreAsWholeTexts) {
  const auto scores = score_task(model.executor, task, scoring_units(task, 32), [] {});
  for (std::size_t i = 0; i < task.texts.size(); ++i)
    EXPECT_DOUBLE_EQ(scores.texts[i], plain_score(model, task.texts[i].ids, 1));
  for (std::size_t i = 0; i < task.choices.size(); ++i) {
    for (std::size_t c = 0; c < task.choices[i].choices.size(); ++c) {
      auto whole = task.choices[i].context;
      const auto& choice = task.choices[i].choices[c];
      whole.insert(whole.end(), choice.begin(), choice.end());
      EXPECT_DOUBLE_EQ(scores.choices[i][c], plain_score(model, whole, task.choices[i].context.size()));
    }
  }
}

TEST_F(Evaluate, UnitsCoverEveryItemOnce) {
  for (const std::int64_t vocabulary : {32, 128256}) {
    std::vector<int> texts(task.texts.size(), 0), choices(task.choices.size(), 0);
    for (const auto& unit : scoring_units(task, vocabulary)) {
      auto& seen = unit.kind == ScoringUnit::Kind::texts ? texts : choices;
      for (std::size_t i = unit.first; i < unit.first + unit.count; ++i) ++seen[i];
    }
    EXPECT_EQ(texts, std::vector<int>(task.texts.size(), 1));
    EXPECT_EQ(choices, std::vector<int>(task.choices.size(), 1));
  }
}

TEST_F(Evaluate, BlocksChangeNoScore) {
  const auto units = scoring_units(task, 32);
  std::vector<ScoringUnit> single;
  for (std::size_t i = 0; i < task.texts.size(); ++i) single.push_back({ScoringUnit::Kind::texts, i, 1, 1});
  for (std::size_t i = 0; i < task.choices.size(); ++i) single.push_back({ScoringUnit::Kind::choices, i, 1, 1});
  const auto grouped = score_task(model.executor, task, units, [] {});
  const auto alone = score_task(model.executor, task, single, [] {});
  EXPECT_EQ(grouped.texts, alone.texts);
  EXPECT_EQ(grouped.choices, alone.choices);
}

TEST_F(Evaluate, ThreadsChangeNoBit) {
  set_thread_count(1);
  const auto one = run(3);
  set_thread_count(2);
  const auto two = run(3);
  set_thread_count(0);
  ASSERT_EQ(one.size(), 2U);
  for (std::size_t d = 0; d < 2; ++d) {
    EXPECT_EQ(one[d].bits_per_character.values, two[d].bits_per_character.values);
    EXPECT_EQ(one[d].choice_accuracy.values, two[d].choice_accuracy.values);
    EXPECT_EQ(one[d].item_bits, two[d].item_bits);
    EXPECT_EQ(one[d].bits_per_character_difference.high, two[d].bits_per_character_difference.high);
  }
}

TEST_F(Evaluate, SeedsDifferAndRepeat) {
  const auto first = run(3), again = run(3);
  const auto& values = first[1].bits_per_character.values;
  ASSERT_EQ(values.size(), 3U);
  EXPECT_NE(values[0], values[1]);
  EXPECT_NE(values[1], values[2]);
  EXPECT_EQ(values, again[1].bits_per_character.values);
  EXPECT_GT(first[1].bits_per_character.std, 0);
  EXPECT_NE(first[1].bits_per_character_difference.mean, 0);
  EXPECT_EQ(first[1].bits_per_character_difference.over, "seeds");
}

TEST_F(Evaluate, DeterministicDeploymentsRunOnce) {
  const auto results = run(4);
  EXPECT_EQ(results[0].seeds, 1);
  EXPECT_TRUE(results[0].deterministic);
  EXPECT_EQ(results[0].bits_per_character_difference.mean, 0);
  EXPECT_EQ(results[1].seeds, 4);
  EXPECT_FALSE(results[1].deterministic);
}

TEST_F(Evaluate, NumbersFollowFromTheScores) {
  double log_likelihood = 0, characters = 0, tokens = 0;
  for (const auto& text : task.texts) {
    log_likelihood += plain_score(model, text.ids, 1);
    characters += static_cast<double>(text.characters);
    tokens += static_cast<double>(text.ids.size()) - 1;
  }
  const auto result = run(2).front();
  EXPECT_NEAR(result.bits_per_character.mean, -log_likelihood / std::log(2.0) / characters, 1e-12);
  EXPECT_NEAR(result.perplexity.mean, std::exp(-log_likelihood / tokens), 1e-9);
  EXPECT_NEAR(result.pooled_perplexity, result.perplexity.mean, 1e-9);
}

TEST_F(Evaluate, PooledPerplexityAveragesLogLikelihoods) {
  Task small;
  small.texts.push_back({"t", {0, 1, 2}, 4});  // two tokens scored, four characters
  const std::vector<TaskScores> scores{{.texts = {std::log(0.25)}, .choices = {}},
                                       {.texts = {std::log(0.0625)}, .choices = {}}};
  const auto accuracy = summarize(small, scores);
  EXPECT_NEAR(accuracy.perplexity.values[0], 2, 1e-12);
  EXPECT_NEAR(accuracy.perplexity.values[1], 4, 1e-12);
  EXPECT_NEAR(accuracy.pooled_perplexity, std::sqrt(8.0), 1e-12);  // geometric mean, not 3
  EXPECT_NEAR(accuracy.pooled_bits_per_character, 0.75, 1e-12);
  EXPECT_NEAR(accuracy.item_bits[0], 3, 1e-12);
}

TEST_F(Evaluate, ChoiceByLogLikelihoodPerCharacter) {
  workloads::ChoiceItem item;
  item.characters = {2, 10, 10};
  EXPECT_EQ(chosen(item, {-4, -10, -10}), 1);  // -2, -1, -1 a character; the first of equals
}

TEST_F(Evaluate, ProgressEndsAtTheTotal) {
  std::vector<std::int64_t> seen;
  std::int64_t announced = 0;
  progress = [&](std::int64_t done, std::int64_t total) {
    seen.push_back(done);
    announced = total;
  };
  run(2);
  ASSERT_FALSE(seen.empty());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(seen.back(), announced);
}

TEST_F(Evaluate, StopsWhenAsked) {
  progress = [](std::int64_t, std::int64_t) { request_interrupt(); };
  EXPECT_THROW(run(5), Interrupted);
  clear_interrupt();
}

}  // namespace
}  // namespace aimc::sim
