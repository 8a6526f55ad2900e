#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/check/error.h"
#include "sim/validate/run_points.h"
#include "sim/validate/validation_report.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

ValidationPoint point_expecting(Expectation expectation) {
  ValidationPoint point;
  point.id = "X1";
  point.title = "a point";
  point.kind = PointKind::independent;
  point.source = "nowhere";
  ValidationCase& one = point.cases.emplace_back();
  one.name = "case";
  one.expect = {std::move(expectation)};
  return point;
}

FigureResult compared(const Expectation& expectation, const Figure& figure) {
  const ValidationPoint point = point_expecting(expectation);
  return compare(point, point.cases.front(), {{expectation.figure, figure}}).figures.front();
}

TEST(Compare, PassesUpToTheToleranceOnBothSides) {
  const Expectation expected{"time_ns", 200.0, 0.05, Relation::within, {}};
  EXPECT_TRUE(compared(expected, {209.9, {}}).passed);
  EXPECT_TRUE(compared(expected, {190.1, {}}).passed);
  EXPECT_FALSE(compared(expected, {210.1, {}}).passed);
  EXPECT_FALSE(compared(expected, {189.9, {}}).passed);
  EXPECT_NEAR(compared(expected, {189, {}}).deviation, -0.055, 1e-12);
}

TEST(Compare, ABoundHoldsFromBelowOnly) {
  const Expectation expected{"time_ns", {}, 0.0, Relation::at_least, {}};
  EXPECT_TRUE(compared(expected, {1000, 10}).passed);
  EXPECT_TRUE(compared(expected, {10, 10}).passed);
  EXPECT_FALSE(compared(expected, {9.99, 10}).passed);
}

TEST(Compare, WhatIsNoNumberFails) {
  const Expectation expected{"time_ns", 1.0, 1, Relation::within, {}};
  EXPECT_FALSE(compared(expected, {std::numeric_limits<double>::quiet_NaN(), {}}).passed);
  EXPECT_FALSE(compared(expected, {std::numeric_limits<double>::infinity(), {}}).passed);
}

TEST(Compare, AnUnknownFigureIsTheFilesMistake) {
  const ValidationPoint point = point_expecting({"tpos", 1.0, 0.1, Relation::within, {}});
  EXPECT_THAT([&] { static_cast<void>(compare(point, point.cases.front(), {{"tops", {}}, {"watt", {}}})); },
              ThrowsMessage<ConfigError>(HasSubstr("'tpos' is not measured there; there are tops, watt")));
  const ValidationPoint without = point_expecting({"tops", {}, 0.1, Relation::within, {}});
  EXPECT_THAT([&] { static_cast<void>(compare(without, without.cases.front(), {{"tops", {}}})); },
              ThrowsMessage<ConfigError>(HasSubstr("needs an expected value")));
}

TEST(ValidationTable, MarksWhatFailsWithin80Columns) {
  Expectation expected{"energy_per_hop_pj", 123456.0, 0.01, Relation::within, {}};
  ValidationPoint point = point_expecting(expected);
  point.source = std::string(30, 's') + " " + std::string(40, 't') + " " + std::string(50, 'u');
  point.cases.front().name = "a very long configuration name";
  const auto result = [&](double simulated) {
    return PointResult{point, {compare(point, point.cases.front(), {{expected.figure, {simulated, {}}}})}};
  };
  const std::string bad = validation_table({result(-654321e10)}), good = validation_table({result(123456)});
  EXPECT_THAT(bad, HasSubstr("1 of 1 figures are outside their tolerance"));
  EXPECT_THAT(bad, HasSubstr(" X\n"));
  EXPECT_THAT(good, Not(HasSubstr(" X\n")));
  EXPECT_THAT(good, HasSubstr("all 1 figures are within their tolerance"));
  std::istringstream lines(good);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(ValidationTable, SaysHowManyFiguresAreOnlyBounds) {
  ValidationPoint point = point_expecting({"tops", 2.0, 0.0, Relation::at_least, {}});
  point.cases.front().expect.push_back({"watt", 3.0, 0.1, Relation::within, {}});
  const Figures figures{{"tops", {9.0, {}}}, {"watt", {3.0, {}}}};
  const std::string text = validation_table({PointResult{point, {compare(point, point.cases.front(), figures)}}});
  EXPECT_THAT(text, HasSubstr("all 2 figures are within their tolerance (1 are only bounds)"));
}

}  // namespace
}  // namespace aimc::sim
