#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/functional/range_statistics.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

/// numpy.quantile's default method on the whole sorted sample.
double plain_quantile(std::vector<float> values, double quantile) {
  std::ranges::sort(values);
  const double position = quantile * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  if (below + 1 == values.size()) return values.back();
  return values[below] + (values[below + 1] - values[below]) * (position - std::floor(position));
}

TEST(UpperTail, EqualsTheQuantileOfAllValues) {
  std::vector<float> values(5000);
  fill_normal(RandomKey(3), 0, values.data(), 5000);
  for (const double quantile : {0.0, 0.5, 0.99, 0.999, 0.99995, 1.0}) {
    UpperTail first(quantile, 5000), second(quantile, 5000);
    for (std::size_t i = 0; i < 2000; ++i) first.add(values[i]);
    for (std::size_t i = 2000; i < 5000; ++i) second.add(values[i]);
    first.append(second);
    EXPECT_FLOAT_EQ(first.quantile(), static_cast<float>(plain_quantile(values, quantile))) << quantile;
  }
}

TEST(UpperTail, InterpolatesByHand) {
  UpperTail tail(0.75, 3);  // position 1.5 of 1, 2, 6
  for (const float value : {6.0F, 1.0F, 2.0F}) tail.add(value);
  EXPECT_FLOAT_EQ(tail.quantile(), 4.0F);
}

RangeStatistics statistics_of(const CalibrationOptions& options, const Matrix& inputs) {
  RangeStatistics statistics(options, inputs.rows(), inputs.cols());
  statistics.add(inputs, std::vector<bool>(static_cast<std::size_t>(inputs.rows()), true));
  return statistics;
}

Matrix sample() {
  Matrix inputs(4, 2);
  inputs << 1, -2, 0, 0, 0.5F, 3, -5, 1;  // the second token is all zero and is dropped
  return inputs;
}

TEST(RangeStatistics, MaximumOfMagnitudes) {
  EXPECT_FLOAT_EQ(statistics_of({.method = CalibrationMethod::maximum}, sample()).range(), 5);
}

TEST(RangeStatistics, QuantileOfSignedValuesAndOfMagnitudes) {
  CalibrationOptions options{.method = CalibrationMethod::quantile, .quantile = 0.8};
  options.quantile_of = QuantileOf::signed_values;  // -5 -2 0.5 1 1 3, position 4
  EXPECT_FLOAT_EQ(statistics_of(options, sample()).range(), 1);
  options.quantile_of = QuantileOf::magnitudes;  // 0.5 1 1 2 3 5, position 4
  EXPECT_FLOAT_EQ(statistics_of(options, sample()).range(), 3);
}

TEST(RangeStatistics, MovingQuantileIsTheMeanOverSequences) {
  CalibrationOptions options{.method = CalibrationMethod::moving_quantile, .quantile = 0.5};
  Matrix first(1, 3), second(1, 3);
  first << 1, -2, 7;
  second << -5, 4, 0.5F;
  const auto range = [&] {
    RangeStatistics statistics(options, 2, 3), later(options, 2, 3);
    statistics.add(first, {false});  // chosen tokens matter to the cached quantile alone
    later.add(second, {false});
    statistics.append(later);
    return statistics.range();
  };
  EXPECT_FLOAT_EQ(range(), (2.0F + 4.0F) / 2);  // medians of 1 2 7 and of 0.5 4 5
  options.quantile_of = QuantileOf::signed_values;
  EXPECT_FLOAT_EQ(range(), (1.0F + 0.5F) / 2);  // of -2 1 7 and of -5 0.5 4
  options.quantile = 1;                         // then magnitudes whatever quantile_of says
  EXPECT_FLOAT_EQ(range(), (7.0F + 5.0F) / 2);
}

TEST(RangeStatistics, StandardDeviationIsTheMeanOverSequences) {
  const CalibrationOptions options{.method = CalibrationMethod::standard_deviation, .standard_deviations = 2};
  Matrix first(1, 2), second(2, 1);
  first << 1, 3;    // std sqrt(2)
  second << -4, 4;  // std sqrt(32)
  RangeStatistics statistics(options, 3, 2);
  statistics.add(first, {true});
  RangeStatistics later(options, 3, 1);
  later.add(second, {true, true});
  statistics.append(later);
  EXPECT_FLOAT_EQ(statistics.range(), static_cast<float>(2 * (std::sqrt(2.0) + std::sqrt(32.0)) / 2));
}

TEST(RangeStatistics, TokensNotChosenStayOutOfTheQuantile) {
  CalibrationOptions options{.method = CalibrationMethod::quantile, .quantile = 1};
  options.quantile_of = QuantileOf::magnitudes;
  RangeStatistics statistics(options, 1, 2);
  statistics.add(sample(), {true, true, false, false});
  EXPECT_FLOAT_EQ(statistics.range(), 2);
}

TEST(RangeStatistics, NothingSeenAndNothingPositive) {
  EXPECT_EQ(statistics_of({}, Matrix::Zero(3, 2)).range(), 1);
  CalibrationOptions options{.method = CalibrationMethod::quantile, .quantile = 0.5};
  options.quantile_of = QuantileOf::signed_values;
  Matrix negative(2, 1);
  negative << -1, -3;
  EXPECT_EQ(statistics_of(options, negative).range(), 3);
}

}  // namespace
}  // namespace aimc::sim
