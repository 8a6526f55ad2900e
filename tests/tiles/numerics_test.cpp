// Check values of the numerics specification, sections A and I, as numbers written there. Those of section I that stand
// elsewhere:
//   I.1 SplitSizes.AreThoseOfTheExamples        I.3 Dac.RoundsTiesToEvenAndSaturates
//   I.2 also Mvm.TestVectorOfNumericsA3BitForBit (program) and Dac.HasTheCodesOfTheTestVector
//   I.4 PcmNoise.SigmaHasThePublishedValues, .SwitchesToTwoDevicesAbove52p5, .DeadZoneEndsAt0p6
//   I.5 PcmNoise.EmpiricalSigmaIsWithinHalfAPercent
//   I.6 PcmNoise.ClippedGaussianWeightsHaveTheKnownSignalToNoise
//   I.7 device_values_test.cpp                  I.8 also AnalogLinear.QuantisesEachRowTileBeforeTheSum
//   I.9 also Dac.DynamicRangePutsTheMaximumOnTheLargestCode
// and of section A: both ADC scales (B.3) AnalogLinear.EqualsTheSpecificationWithNoiseForBothAdcScales; zero channels
// AnalogLinear.ZeroChannelsGiveExactlyZero; circuits (A.7) periphery_test.cpp and mvm_mode_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/functional/range_statistics.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/digital_linear.h"
#include "tiles/linear/float_linear.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

TileSpec aihwkit_tile() {
  TileSpec spec;  // inp_res = out_res = 254, out_bound = 14
  spec.rows = spec.columns = 512;
  return spec;
}

AnalogLinearOptions off_grid(const std::vector<Index>& row_tiles, const std::vector<float>& ranges) {
  AnalogLinearOptions options;
  options.row_tiles = row_tiles;
  options.input_ranges = ranges;
  options.arithmetic = CrossbarArithmetic::off_grid;
  options.kernel = CrossbarKernel::fp32;
  return options;
}

Matrix forward(const Linear& linear, const Matrix& x, LinearCounts* counts = nullptr) {
  Matrix y(x.rows(), linear.out_features());
  LinearCounts mine;
  linear.forward(x, y, counts != nullptr ? *counts : mine);
  return y;
}

Matrix analog(const Matrix& w, const Matrix& x, const AnalogLinearOptions& options, LinearCounts* counts = nullptr) {
  return forward(*make_analog_linear(w, aihwkit_tile(), options, nullptr, RandomKey(1)), x, counts);
}

Matrix row(std::initializer_list<float> values) {
  Matrix matrix(1, static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

const Matrix vector_x = row({0.9F, -2.0F, 0.031F, 1.5F}), vector_w = row({0.2F, -0.4F, 0.1F, 0.05F});

TEST(NumericsA1, LargerTilesComeFirst) {
  const auto sizes = balanced_split(11008, 512);  // 22 tiles, 11008 mod 22 = 8
  for (std::size_t t = 0; t < sizes.size(); ++t) EXPECT_EQ(sizes[t], t < 8 ? 501 : 500) << t;
}

TEST(NumericsI, I2TestVectorIsMetBitForBit) {
  EXPECT_EQ(analog(vector_w, vector_x, off_grid({4}, {1.5F}))(0, 0), 0.85984252F);
  Effects effects = Effects::all().without(Effect::output_rounding);
  AnalogLinearOptions unrounded = off_grid({4}, {1.5F});
  unrounded.effects = effects;
  EXPECT_NEAR(analog(vector_w, vector_x, unrounded)(0, 0), 0.85807087, 1e-7);
  // The normalised sum is that over range and channel maximum; 127 of it over 14 is the code before rounding.
  EXPECT_NEAR(analog(vector_w, vector_x, unrounded)(0, 0) / (1.5 * 0.4), 1.4301181, 2e-7);
  EXPECT_NEAR(forward(*make_float_linear(vector_w), vector_x)(0, 0), 1.0581, 1e-6);
}

TEST(NumericsA3, TheBoundIsFourteenFullDevices) {
  const float range = 0.5F, weight = 0.25F;
  const auto full_devices = [&](Index devices, LinearCounts* counts) {
    return analog(Matrix::Constant(1, devices, weight), Matrix::Constant(1, devices, range),
                  off_grid({devices}, {range}), counts)(0, 0);
  };
  LinearCounts at, above;
  EXPECT_FLOAT_EQ(full_devices(14, &at), 14 * range * weight);
  EXPECT_FLOAT_EQ(full_devices(15, &above), 14 * range * weight);
  EXPECT_EQ(at.adc_clipped, 0);
  EXPECT_EQ(above.adc_clipped, 1);
  // One device: 127 / 14 = 9.07 steps of 14 / 127 = 0.11024.
  EXPECT_NEAR(full_devices(1, nullptr) / (range * weight), 9 * 0.11024, 5e-5);
}

TEST(NumericsA3, ClippingBeforeOrAfterRoundingGivesTheSameCodes) {
  const Matrix x = gaussian(1, 5000, 4, 2.0F);
  std::vector<float> codes(5000);
  quantize_inputs(x.data(), 5000, 1.7F, 127, codes.data());
  for (Index i = 0; i < 5000; ++i) {
    const double rounded = std::nearbyint(127 * static_cast<double>(x(0, i)) / static_cast<double>(1.7F));
    ASSERT_EQ(codes[static_cast<std::size_t>(i)], std::clamp(rounded, -127.0, 127.0)) << x(0, i);
  }
}

TEST(NumericsI, I8TiledIsTheSumOfIndependentlyQuantisedTiles) {
  const Matrix w = gaussian(40, 600, 5), x = gaussian(20, 600, 6);
  const Matrix tiled = analog(w, x, off_grid({200, 200, 200}, {2.0F, 1.5F, 2.5F}));
  Matrix sum = Matrix::Zero(20, 40);
  const float ranges[] = {2.0F, 1.5F, 2.5F};
  for (Index tile = 0; tile < 3; ++tile)
    sum += analog(w.middleCols(200 * tile, 200), x.middleCols(200 * tile, 200), off_grid({200}, {ranges[tile]}));
  EXPECT_LT((tiled - sum).cwiseAbs().maxCoeff(), 1e-5);
  // Not the ADC of the sum: that is another number nearly everywhere.
  const Matrix together = analog(w, x, off_grid({600}, {2.5F}));
  EXPECT_GT(((tiled - together).array().abs() > 1e-3F).count(), tiled.size() / 2);
}

TEST(NumericsI, I9DynamicRangesDriveTheLargestInputWithTheLargestCode) {
  // One device a channel: its output is the input's code times 14 / 127 steps, rounded; 127 gives nine steps.
  TileSpec spec = aihwkit_tile();
  spec.input.range = InputRangeMode::dynamic_range;
  const Matrix w = Matrix::Identity(60, 60);
  AnalogLinearOptions options = off_grid({30, 30}, {});
  const auto linear = make_analog_linear(w, spec, options, nullptr, RandomKey(1));
  const Matrix x = gaussian(50, 60, 7, 3.0F);
  LinearCounts counts;
  const Matrix y = forward(*linear, x, &counts);
  EXPECT_EQ(counts.dac_clipped, 0);
  for (Index t = 0; t < x.rows(); ++t) {
    for (Index tile = 0; tile < 2; ++tile) {
      Index at = 0;
      const float largest = x.row(t).segment(30 * tile, 30).cwiseAbs().maxCoeff(&at);
      EXPECT_NEAR(std::fabs(y(t, 30 * tile + at)) / largest, 9 * 14.0 / 127, 1e-5);
    }
  }
}

TEST(NumericsI, I10WithoutConvertersAndNoiseItIsTheFloatProduct) {
  const Matrix w = gaussian(50, 700, 8), x = gaussian(30, 700, 9);
  AnalogLinearOptions options = off_grid({350, 350}, {10.0F, 10.0F});
  options.effects = Effects::none();
  const Matrix exact = (x.cast<double>() * w.cast<double>().transpose()).cast<float>();
  EXPECT_LT((analog(w, x, options) - exact).norm(), 1e-6 * exact.norm());
  // inp_res = out_res = -1 alone: a range that clips nothing and a bound out of reach leave nothing to do.
  options.effects = Effects::all().without(Effect::input_rounding).without(Effect::output_rounding);
  LinearCounts counts;
  EXPECT_LT((analog(w, x, options, &counts) - exact).norm(), 1e-6 * exact.norm());
  EXPECT_EQ(counts.dac_clipped + counts.adc_clipped, 0);
}

TEST(NumericsA4, QuantileIsThatOfTorchOfSignedValues) {
  // 20001 values from -10 to 10: position 0.99995 x 20000 = 19999 of the sorted ones.
  Matrix x(1, 20001);
  for (Index i = 0; i < x.cols(); ++i) x(0, i) = static_cast<float>(i - 10000) / 1000;
  sim::CalibrationOptions options{.method = sim::CalibrationMethod::quantile, .quantile = 0.99995};
  const auto range = [&](sim::QuantileOf of) {
    options.quantile_of = of;
    sim::RangeStatistics statistics(options, 1, x.cols());
    statistics.add(x, {true});
    return statistics.range();
  };
  EXPECT_FLOAT_EQ(range(sim::QuantileOf::signed_values), 9.999F);
  EXPECT_FLOAT_EQ(range(sim::QuantileOf::magnitudes), 10.0F);  // both ends count
}

TEST(NumericsA4, StandardDeviationIsUnbiased) {
  sim::CalibrationOptions options{.method = sim::CalibrationMethod::standard_deviation};
  options.standard_deviations = 18;
  sim::RangeStatistics statistics(options, 2, 2);
  statistics.add(row({1, 2, 3, 6}).reshaped<Eigen::RowMajor>(2, 2), {true, true});  // mean 3, squares 4 + 1 + 0 + 9
  EXPECT_FLOAT_EQ(statistics.range(), static_cast<float>(18 * std::sqrt(14.0 / 3)));
}

TEST(NumericsA6, FourBitsAreFifteenCodesOfASeventhOfTheChannelMaximum) {
  // One-hot inputs at full range read the weights back. Steps: 7 / 7 = 1 and 0.875 / 7 = 1 / 8.
  Matrix w(2, 8);
  w << 7, 3.5F, -2.5F, 0.5F, 1.5F, -0.5F, -7, 6.4F,  //
      0.875F, 0.3125F, -0.1875F, 0.0625F, 0.07F, -0.875F, 0.2F, -0.45F;
  Matrix expected(2, 8);
  expected << 7, 4, -2, 0, 2, 0, -7, 6,  // ties to even, never -8
      0.875F, 0.25F, -0.25F, 0, 0.125F, -0.875F, 0.25F, -0.5F;
  const auto linear = make_digital_linear(w, {.weight_bits = 4, .input_range = 1});
  EXPECT_EQ(forward(*linear, Matrix::Identity(8, 8)), expected.transpose());
}

}  // namespace
}  // namespace aimc::tiles
