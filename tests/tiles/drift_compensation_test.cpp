#include "tiles/crossbar/drift_compensation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tiles/random_matrix.h"
#include "tiles/converter/adc.h"
#include "tiles/device/cell_device.h"

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

TEST(OneHotProbe, WithoutConvertersReadsTheWeightsThemselves) {
  const float codes[] = {256, -128, 3, 0};
  EXPECT_NEAR(OneHotProbe(spec_with(8, 4, 0.5), false).mean_magnitude(codes, 4, 0.4F), 0.4 * 387 / 256 / 4, 1e-7);
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

/// Cells whose conductances all fall by the same share: 0.6586 within a day.
CellDevice falling_cells() {
  DeviceSpec spec;
  spec.converter.g_max = 25;
  PowerLawSpec law{.t_0 = Duration(20), .exponent_mean = {}, .exponent_std = {}};
  law.exponent_mean.pieces = {{.polynomial = {0.05}}};
  law.exponent_std.pieces = {{.polynomial = {0.0}}};
  spec.drift.emplace().power_law = law;
  return {spec, {.model = "falling"}};
}

class CompensatedLinear : public ::testing::TestWithParam<std::tuple<AdcScaleSource, CrossbarArithmetic>> {
 protected:
  static constexpr double day = 86400;
  const Matrix weights_ = testing::gaussian(40, 96, 1), x_ = testing::gaussian(5, 96, 2);

  [[nodiscard]] std::unique_ptr<Linear> linear(double seconds, DriftCompensation compensation,
                                               const Device& device) const {
    TileSpec spec = spec_with(8, 16, 40);
    spec.adc.scale_from = std::get<0>(GetParam());
    AnalogLinearOptions options{.row_tiles = {48, 48}, .column_tiles = {30, 10}, .input_ranges = {4, 4}};
    options.arithmetic = std::get<1>(GetParam());
    options.seconds = seconds;
    options.compensation = compensation;
    return make_analog_linear(weights_, spec, options, &device, RandomKey(7));
  }
  [[nodiscard]] Matrix output(double seconds, DriftCompensation compensation, const Device& device) const {
    Matrix y(x_.rows(), weights_.rows());
    LinearCounts counts;
    linear(seconds, compensation, device)->forward(x_, y, counts);
    return y;
  }
};
INSTANTIATE_TEST_SUITE_P(ScaleAndArithmetic, CompensatedLinear,
                         ::testing::Combine(::testing::Values(AdcScaleSource::target, AdcScaleSource::noisy),
                                            ::testing::Values(CrossbarArithmetic::grid, CrossbarArithmetic::off_grid)));

TEST_P(CompensatedLinear, UndoesACommonFactor) {
  const CellDevice device = falling_cells();
  const Matrix fresh = output(0, DriftCompensation::none, device);
  const Matrix drifted = output(day, DriftCompensation::none, device);
  EXPECT_NEAR(drifted.norm() / fresh.norm(), std::pow(4321.0, -0.05), 0.003);
  for (const auto mode : {DriftCompensation::per_tile, DriftCompensation::per_column})
    EXPECT_LT((output(day, mode, device) - fresh).norm() / fresh.norm(), 0.006);
}

TEST_P(CompensatedLinear, BringsRealCellsCloser) {
  const auto device = make_device({.model = "pcm_like"});
  const Matrix fresh = output(0, DriftCompensation::none, *device);
  const auto error = [&](DriftCompensation mode) { return (output(30 * day, mode, *device) - fresh).norm(); };
  EXPECT_LT(error(DriftCompensation::per_tile), 0.7 * error(DriftCompensation::none));
  EXPECT_LT(error(DriftCompensation::per_column), 0.7 * error(DriftCompensation::none));
}

TEST_P(CompensatedLinear, CountsItsReads) {
  const CellDevice device = falling_cells();
  EXPECT_EQ(linear(day, DriftCompensation::per_tile, device)->setup().compensation_reads, 2 * 96 * 2);
  EXPECT_EQ(linear(day, DriftCompensation::none, device)->setup().compensation_reads, 0);
}

}  // namespace
}  // namespace aimc::tiles
