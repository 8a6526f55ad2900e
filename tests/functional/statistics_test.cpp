#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/check/error.h"
#include "base/random/stream.h"
#include "sim/evaluate/log_likelihood.h"
#include "sim/evaluate/statistics.h"

namespace aimc::sim {
namespace {

TEST(StudentT, PublishedTable) {
  // Two-sided 95 %: any printed table of Student's t.
  EXPECT_NEAR(student_t_quantile(0.975, 1), 12.706, 5e-4);
  EXPECT_NEAR(student_t_quantile(0.975, 9), 2.262, 5e-4);
  EXPECT_NEAR(student_t_quantile(0.975, 30), 2.042, 5e-4);
  EXPECT_NEAR(student_t_quantile(0.975, 120), 1.980, 5e-4);
}

TEST(Spread, SampleStandardDeviation) {
  const Spread spread = spread_of({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_DOUBLE_EQ(spread.mean, 5);
  EXPECT_NEAR(spread.std, std::sqrt(32.0 / 7), 1e-12);
  EXPECT_EQ(spread_of({3}).std, 0);
}

TEST(MeanDifference, IntervalByHand) {
  const std::vector<double> differences{1, 2, 3, 4};  // s = 1.29099, s/sqrt(4) = 0.645497, t(0.975, 3) = 3.18245
  const auto result = mean_difference(differences, "seeds");
  EXPECT_DOUBLE_EQ(result.mean, 2.5);
  EXPECT_NEAR(result.high - result.mean, 2.05426, 1e-5);
  EXPECT_NEAR(result.mean - result.low, 2.05426, 1e-5);
  EXPECT_EQ(result.over, "seeds");
}

TEST(RatioDifference, EqualWeightsAreTheMean) {
  const std::vector<double> differences{10, 20, 30, 40}, weights{10, 10, 10, 10};
  const auto result = ratio_difference(differences, weights);
  EXPECT_DOUBLE_EQ(result.mean, 2.5);
  EXPECT_NEAR(result.high - result.mean, 2.05426, 1e-5);
}

TEST(RatioDifference, ProportionalDifferencesHaveNoSpread) {
  const std::vector<double> differences{1, 3, 5}, weights{10, 30, 50};
  const auto result = ratio_difference(differences, weights);
  EXPECT_NEAR(result.mean, 0.1, 1e-15);
  EXPECT_NEAR(result.high, result.low, 1e-12);
}

TEST(LogSumExp, AgreesWithLongDoubleArithmetic) {
  for (const std::size_t size : {1U, 7U, 8U, 9U, 512U, 1027U}) {
    std::vector<float> logits(size);
    fill_normal(RandomKey(size), 0, logits.data(), static_cast<std::int64_t>(size));
    for (float& logit : logits) logit = logit * 12 - 3;
    long double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<long double>(logit));
    EXPECT_NEAR(log_sum_exp(logits), static_cast<double>(std::log(sum)), 2e-14) << size;
  }
}

TEST(LogSumExp, FarBelowTheMaximumCountsForNothing) {
  const std::vector<float> logits{1000, -1e30F, -2000, 0, 0, 0, 0, 0, 0};
  EXPECT_DOUBLE_EQ(log_sum_exp(logits), 1000);
}

TEST(TokenLogLikelihood, ProbabilitiesSumToOne) {
  std::vector<float> logits(100);
  fill_normal(RandomKey(5), 0, logits.data(), 100);
  double sum = 0;
  for (workloads::TokenId token = 0; token < 100; ++token) sum += std::exp(token_log_likelihood(logits, token));
  EXPECT_NEAR(sum, 1, 1e-13);
}

TEST(TokenLogLikelihood, LogitsThatAreNotFiniteAreTheUsersMistake) {
  std::vector<float> logits(20, 1);
  logits[11] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)token_log_likelihood(logits, 11), InputError);
  EXPECT_THROW((void)token_log_likelihood(logits, 0), InputError);
  logits[11] = std::numeric_limits<float>::infinity();
  EXPECT_THROW((void)token_log_likelihood(logits, 3), InputError);
}

}  // namespace
}  // namespace aimc::sim
