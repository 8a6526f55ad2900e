#include "tiles/crossbar/drift_compensation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tiles/converter/adc.h"

namespace aimc::tiles {
namespace {

TileSpec spec_with(int input_bits, int output_bits, double out_bound) {
  TileSpec spec;
  spec.input.bits = input_bits;
  spec.adc.bits = output_bits;
  spec.adc.out_bound = out_bound;
  return spec;
}

// Weights of 1, 1/2, 1/8 and 0 of the maximum 0.4 and a bound of 14: one count is 14/127, so the answers are 9, 5, 1
// and 0 counts (9.07, 4.54, 1.13).
TEST(OneHotProbe, ReadsWeightsThroughTheConverters) {
  const float codes[] = {256, -128, 32, 0};
  EXPECT_NEAR(OneHotProbe(spec_with(8, 8, 14)).mean_magnitude(codes, 4, 0.4F), 0.4 * (9 + 5 + 1) / 4 * 14 / 127, 1e-7);
}

TEST(OneHotProbe, IsTheMeanWeightWithAFineConverter) {
  const float codes[] = {256, -128, 32, 0};
  const double mean = 0.4 * (1 + 0.5 + 0.125) / 4;
  EXPECT_NEAR(OneHotProbe(spec_with(8, 16, 1)).mean_magnitude(codes, 4, 0.4F), mean, 1e-5);
  EXPECT_NEAR(OneHotProbe(spec_with(4, 16, 1)).mean_magnitude(codes, 4, 0.4F), mean, 1e-5);  // full scale is full scale
}

TEST(OneHotProbe, SaturatesAtTheBound) {
  const float codes[] = {256};
  EXPECT_NEAR(OneHotProbe(spec_with(8, 8, 0.5)).mean_magnitude(codes, 1, 2), 1.0, 1e-6);
}

Vector vector_of(std::initializer_list<float> values) {
  Vector result(static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

TEST(CompensationFactors, AreRatiosOfMeans) {
  const Vector before = vector_of({2, 4, 1, 3}), now = vector_of({1, 4, 0.5F, 0.5F});
  const auto of = [&](DriftCompensation mode, const std::vector<Index>& tiles) {
    const Vector factors = compensation_factors(mode, tiles, before, now);
    return std::vector<float>(factors.begin(), factors.end());
  };
  EXPECT_THAT(of(DriftCompensation::none, {}), ::testing::Each(1.0F));
  EXPECT_THAT(of(DriftCompensation::per_column, {}), ::testing::ElementsAre(2, 1, 2, 6));
  EXPECT_THAT(of(DriftCompensation::per_tile, {2, 2}), ::testing::ElementsAre(1.2F, 1.2F, 4, 4));
  EXPECT_THAT(of(DriftCompensation::per_tile, {}), ::testing::Each(::testing::FloatNear(10.0F / 6, 1e-6F)));
}

TEST(CompensationFactors, ColumnsOfZerosKeepTheirScale) {
  const Vector zero = Vector::Zero(2);
  EXPECT_EQ(compensation_factors(DriftCompensation::per_column, {}, zero, zero), Vector::Ones(2));
  EXPECT_EQ(compensation_factors(DriftCompensation::per_column, {}, vector_of({1, 1}), zero)[0], 1e4F);
}

TEST(CompensationReads, AreTheRowsOfEachArrayTwice) {
  AnalogLinearOptions options{.row_tiles = {500, 500, 24}, .column_tiles = {256, 44}};
  EXPECT_EQ(compensation_reads(options), 0);
  options.compensation = DriftCompensation::per_tile;
  EXPECT_EQ(compensation_reads(options), 2 * 1024 * 2);
}

}  // namespace
}  // namespace aimc::tiles
