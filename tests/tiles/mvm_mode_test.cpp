// Modes of an MVM, noise management and bound management (numerics A.7).
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tiles/circuit_fixture.h"
#include "tiles/crossbar/circuit_linear.h"
#include "tiles/crossbar/noise_management.h"

namespace aimc::tiles {
namespace {

using aimc::testing::gaussian;
using test::circuit_options;
using test::circuit_spec;
using test::forward;
using test::relative_error;
using test::same_bits;

Matrix product(const Matrix& weights, const Matrix& x, const TileSpec& spec, const AnalogLinearOptions& options,
               LinearCounts* counts = nullptr) {
  return forward(*make_circuit_linear(MatrixRows(weights), spec, options, nullptr, RandomKey(1)), x, counts);
}

constexpr MvmMode modes[] = {MvmMode::positive_negative_analog, MvmMode::positive_negative_digital, MvmMode::split,
                             MvmMode::bit_wise};

TEST(Modes, EqualOnePassWhenTheConverterIsIdeal) {
  const Matrix weights = gaussian(33, 300, 1), x = gaussian(12, 300, 2);
  TileSpec spec = circuit_spec();
  AnalogLinearOptions options = circuit_options(300, 150, 2.0F);
  options.effects = options.effects.without(Effect::output_rounding).without(Effect::output_clipping);
  const Matrix one_pass = product(weights, x, spec, options);
  for (const MvmMode mode : modes) {
    spec.periphery.mode = mode;
    EXPECT_LT(relative_error(product(weights, x, spec, options), one_pass), 1e-6) << static_cast<int>(mode);
  }
  options.effects = options.effects.without(Effect::input_rounding).without(Effect::input_clipping);
  for (const MvmMode mode : modes) {
    spec.periphery.mode = mode;
    EXPECT_LT(relative_error(product(weights, x, spec, options), x * weights.transpose()), 1e-2)
        << "no input is rounded or lost, weights are on the grid";
  }
}

TEST(Modes, SeparateSignsWithOneConversionGiveTheCodesOfOnePass) {
  const Matrix weights = gaussian(33, 300, 1), x = gaussian(12, 300, 2);
  TileSpec spec = circuit_spec(8, 6, 3);
  const AnalogLinearOptions options = circuit_options(300, 150, 2.0F);
  const Matrix one_pass = product(weights, x, spec, options);
  spec.periphery.mode = MvmMode::positive_negative_analog;
  EXPECT_TRUE(same_bits(product(weights, x, spec, options), one_pass));
}

// Codes of both phases, written with integers: input 77 = 9 x 8 + 5, -38 = -(4 x 8 + 6).
TEST(Modes, SplitConvertsLowAndHighBitsForThemselves) {
  TileSpec spec = circuit_spec(8, 8, 2);
  spec.periphery.mode = MvmMode::split;
  spec.periphery.split_shift = 3;
  Matrix weights(1, 2), x(1, 2);
  weights << 1.0F, 0.5F;
  x << 77.0F, -38.0F;
  const Matrix y = product(weights, x, spec, circuit_options(2, 512, 127.0F));
  const double low = 5 * 1 - 6 * 0.5, high = 9 * 1 - 4 * 0.5;
  const double low_code = std::nearbyint(low / 7 / 2 * 127), high_code = std::nearbyint(high / 15 / 2 * 127);
  EXPECT_NEAR(static_cast<double>(y(0, 0)), (low_code * 7 + 8 * high_code * 15) * 2 / 127, 1e-4);
}

TEST(Modes, SeparateSignsUndoNothingOfTheInputAsymmetry) {
  const Matrix weights = gaussian(5, 40, 3), x = gaussian(4, 40, 4);
  TileSpec spec = circuit_spec();
  spec.periphery.input_asymmetry = 0.2;
  AnalogLinearOptions options = circuit_options(40, 512, 3.0F);
  options.effects = Effects::only(Effect::input_asymmetry);
  const Matrix one_pass = product(weights, x, spec, options);
  spec.periphery.mode = MvmMode::positive_negative_digital;
  EXPECT_LT(relative_error(product(weights, x, spec, options), one_pass), 1e-6);
}

TEST(Modes, CountsAreThoseOfTheSpec) {
  const Matrix weights = gaussian(30, 100, 5), x = gaussian(3, 100, 6);
  const AnalogLinearOptions options = circuit_options(100, 512, 2.0F);
  struct Expected {
    MvmMode mode;
    std::int64_t drives, conversions;
  };
  for (const auto& [mode, drives, conversions] :
       {Expected{MvmMode::one_pass, 1, 1}, Expected{MvmMode::positive_negative_analog, 2, 1},
        Expected{MvmMode::positive_negative_digital, 2, 2}, Expected{MvmMode::split, 2, 2},
        Expected{MvmMode::bit_wise, 7, 7}}) {
    TileSpec spec = circuit_spec();
    spec.periphery.mode = mode;
    spec.input.phases = 2;
    LinearCounts counts;
    product(weights, x, spec, options, &counts);
    EXPECT_EQ(counts.mvms, 3);
    EXPECT_EQ(counts.dac_conversions, 3 * 100 * drives * 2);
    EXPECT_EQ(counts.cell_reads, 3 * 100 * 30 * drives * 2);
    EXPECT_EQ(counts.adc_conversions, 3 * 30 * conversions * 2);
    const MvmActions actions = mvm_actions(spec, 100, 30);
    EXPECT_EQ(counts.dac_conversions, 3 * actions.dac_conversions);
    EXPECT_EQ(counts.cell_reads, 3 * actions.cell_reads);
    EXPECT_EQ(counts.adc_conversions, 3 * actions.adc_conversions);
    EXPECT_EQ(counts.affine, 3 * 30);
  }
}

TEST(NoiseManagement, TakesTheRangeThatItsNameSays) {
  TileSpec spec = circuit_spec(8, 8, 4);
  const float x[] = {3.0F, -5.0F, 2.0F, 1.0F, -1.0F};
  EXPECT_EQ(managed_range(NoiseManagement::maximum_magnitude, spec, x, 5), 5.0F);
  EXPECT_EQ(managed_range(NoiseManagement::maximum, spec, x, 5), 3.0F);
  EXPECT_EQ(managed_range(NoiseManagement::positive_negative_sum, spec, x, 5), 5.0F) << "6 x 1 / 4 is smaller";
  spec.adc.out_bound = 0.5;
  EXPECT_EQ(managed_range(NoiseManagement::positive_negative_sum, spec, x, 5), 12.0F) << "6 x 1 / 0.5";
  spec.periphery.assumed_weight = 0.75;
  EXPECT_EQ(managed_range(NoiseManagement::positive_negative_sum, spec, x, 5), 9.0F);
  spec.adc.out_bound = 0.001;
  EXPECT_EQ(managed_range(NoiseManagement::positive_negative_sum, spec, x, 5), 5 * 0.25F * 127) << "not coarser";
  spec.periphery.noise_management_limit = 4;
  EXPECT_EQ(managed_range(NoiseManagement::maximum_magnitude, spec, x, 5), 4.0F);
  EXPECT_EQ(managed_range(NoiseManagement::maximum, spec, x, 5), 3.0F);
}

TEST(BoundManagement, RepeatsUntilNothingSaturates) {
  const Matrix weights = Matrix::Constant(1, 98, 1.0F);
  Matrix x(3, 98);
  x.row(0).setConstant(0.05F);  // sum 4.9, in devices at full inputs: fits 14
  x.row(1).setConstant(0.5F);   // 49: inputs must be 4 times smaller
  x.row(2).setConstant(1.0F);   // 98: 8 times
  TileSpec spec = circuit_spec();
  const AnalogLinearOptions options = circuit_options(98, 512, 1.0F);
  LinearCounts without, with;
  const Matrix cut = product(weights, x, spec, options, &without);
  EXPECT_EQ(without.adc_clipped, 2);
  EXPECT_EQ(without.retries, 0);
  EXPECT_FLOAT_EQ(cut(2, 0), 14.0F);
  spec.periphery.bound_management = BoundManagement::iterative;
  const Matrix whole = product(weights, x, spec, options, &with);
  EXPECT_EQ(with.adc_clipped, 0);
  EXPECT_EQ(with.retries, 0 + 2 + 3);
  EXPECT_EQ(with.mvms, without.mvms);
  EXPECT_EQ(with.adc_conversions, without.adc_conversions) << "retries are counted apart";
  EXPECT_EQ(whole(0, 0), cut(0, 0));
  EXPECT_NEAR(static_cast<double>(whole(1, 0)), 49, 4 * 14.0 / 127 / 2 + 49 * 4 / 127.0);
  EXPECT_NEAR(static_cast<double>(whole(2, 0)), 98, 8 * 14.0 / 127 / 2 + 98 * 4 / 127.0);

  spec.periphery.bound_management = BoundManagement::iterative_worst_case;
  LinearCounts worst;
  product(weights, x, spec, options, &worst);
  EXPECT_EQ(worst.adc_clipped, 0);
  EXPECT_EQ(worst.retries, 2) << "the sum of inputs says at once how small they must be";

  spec.periphery.bound_management = BoundManagement::iterative;
  spec.periphery.bound_management_factor = 1;
  LinearCounts limited;
  product(weights, x, spec, options, &limited);
  EXPECT_EQ(limited.retries, 2) << "one for each of the two";
  EXPECT_EQ(limited.adc_clipped, 2);
}

// The converter rounds, then the bound is tested: what lies beyond it by less than half a step is at it.
TEST(BoundManagement, TestsTheRoundedCode) {
  TileSpec spec = circuit_spec(8, 8, 14);
  spec.periphery.bound_management = BoundManagement::iterative;
  const auto retries = [&](int ones, float last) {
    Matrix x = Matrix::Zero(1, 20);
    x.leftCols(ones).setConstant(127.0F);
    x(0, ones) = last;
    LinearCounts counts;
    product(Matrix::Constant(1, 20, 1.0F), x, spec, circuit_options(20, 512, 127.0F), &counts);
    return counts.retries;
  };
  // 14 full inputs are code 127; an input of n adds n / 14 codes.
  EXPECT_EQ(retries(14, 6.0F), 0) << "127.43 rounds to 127";
  EXPECT_EQ(retries(14, 8.0F), 1) << "127.57 rounds to 128";
}

TEST(BoundManagement, WorstCaseNeverRepeatsAtTheRangeItHad) {
  // 20 inputs of 1 with weights of 1 need a range of 20 / 14 if all weights are assumed to be 1; assumed smaller, the
  // worst case is the largest input, with which the first attempt saturated.
  TileSpec spec = circuit_spec();
  spec.input.range = InputRangeMode::dynamic_range;
  spec.periphery.noise_management = NoiseManagement::positive_negative_sum;
  spec.periphery.bound_management = BoundManagement::iterative_worst_case;
  spec.periphery.assumed_weight = 0.1;
  LinearCounts counts;
  AnalogLinearOptions options = circuit_options(20, 512, 1.0F);
  product(Matrix::Constant(1, 20, 1.0F), Matrix::Constant(1, 20, 1.0F), spec, options, &counts);
  EXPECT_EQ(counts.retries, 1);
  // A static range above the worst case is never made smaller.
  spec.input.range = InputRangeMode::static_range;
  options.input_ranges = {1.2F};
  LinearCounts fixed;
  product(Matrix::Constant(1, 20, 1.0F), Matrix::Constant(1, 20, 1.0F), spec, options, &fixed);
  EXPECT_EQ(fixed.retries, 1);
  EXPECT_EQ(fixed.adc_clipped, 0);
}

TEST(BoundManagement, EveryArrayRepeatsForItself) {
  Matrix weights = Matrix::Constant(4, 100, 0.01F);
  weights.row(3).setConstant(1.0F);
  weights.col(0).setConstant(1.0F);
  TileSpec spec = circuit_spec();
  spec.periphery.bound_management = BoundManagement::iterative;
  AnalogLinearOptions options = circuit_options(100, 512, 1.0F);
  options.column_tiles = {2, 2};
  LinearCounts counts;
  product(weights, Matrix::Constant(1, 100, 1.0F), spec, options, &counts);
  EXPECT_EQ(counts.retries, 3) << "only the second column tile holds the row of ones";
}

}  // namespace
}  // namespace aimc::tiles
