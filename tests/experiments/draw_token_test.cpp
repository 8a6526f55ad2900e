#include "sim/experiment/synthesize/draw_token.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "base/check/error.h"

namespace aimc::sim {
namespace {

/// Logits of these probabilities.
std::vector<float> logits_of(const std::vector<double>& probabilities) {
  std::vector<float> logits;
  for (const double p : probabilities) logits.push_back(static_cast<float>(std::log(p)));
  return logits;
}

/// The ids of draws at the middles of `count` equal pieces of [0, 1).
std::vector<int> draws(const std::vector<float>& logits, const workloads::SamplingSpec& spec, int count) {
  TokenDraw draw(spec);
  std::vector<int> ids;
  for (int i = 0; i < count; ++i) ids.push_back(draw(logits, (i + 0.5) / count));
  return ids;
}

using testing::ElementsAre;

TEST(TokenDraw, EachTokenHasItsShare) {
  const auto logits = logits_of({0.1, 0.4, 0.2, 0.3});
  EXPECT_THAT(draws(logits, {.temperature = 1}, 10), ElementsAre(0, 1, 1, 1, 1, 2, 2, 3, 3, 3));
  // At temperature 1/2 probabilities are squared: 1, 16, 4, 9 of 30.
  const auto cold = draws(logits, {.temperature = 0.5}, 30);
  for (int id = 0; id < 4; ++id)
    EXPECT_EQ(std::ranges::count(cold, id), std::vector<int>({1, 16, 4, 9})[static_cast<std::size_t>(id)]) << id;
}

TEST(TokenDraw, TopKKeepsTheLargest) {
  const auto logits = logits_of({0.1, 0.4, 0.2, 0.3});
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_k = 2}, 7), ElementsAre(1, 1, 1, 1, 3, 3, 3));
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_k = 9}, 10), ElementsAre(0, 1, 1, 1, 1, 2, 2, 3, 3, 3));
  // Of equal ones the lowest ids stay.
  EXPECT_THAT(draws({0, 1, 1, 1, 0}, {.temperature = 1, .top_k = 2}, 4), ElementsAre(1, 1, 2, 2));
}

TEST(TokenDraw, TopPKeepsTheFewestThatReachIt) {
  const auto logits = logits_of({0.1, 0.4, 0.2, 0.3});
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_p = 0.65}, 7), ElementsAre(1, 1, 1, 1, 3, 3, 3));
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_p = 0.75}, 9), ElementsAre(1, 1, 1, 1, 2, 2, 3, 3, 3));
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_p = 1e-9}, 3), ElementsAre(1, 1, 1));
  // Of the two largest alone the first has 4/7 and reaches 0.5.
  EXPECT_THAT(draws(logits, {.temperature = 1, .top_k = 2, .top_p = 0.5}, 2), ElementsAre(1, 1));
}

TEST(TokenDraw, EndsOfTheRangeAndHopelessTokens) {
  std::vector<float> logits(100, -1000);
  logits[40] = 5;
  logits[60] = 5;
  TokenDraw draw({.temperature = 1});
  EXPECT_EQ(draw(logits, 0), 40);
  EXPECT_EQ(draw(logits, 1 - 0x1p-53), 60);
}

TEST(TokenDraw, LogitsMustBeFinite) {
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    for (const std::size_t place : {0U, 7U, 16U, 33U}) {
      std::vector<float> logits(34, 1);
      logits[place] = bad;
      TokenDraw draw({.temperature = 1});
      EXPECT_THROW((void)draw(logits, 0.5), InputError) << bad << " at " << place;
    }
  }
}

}  // namespace
}  // namespace aimc::sim
