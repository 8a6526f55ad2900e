// Sliced weights and bit-serial inputs (ISAAC, ISCA 2016) against plain 64-bit integers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tiles/circuit_fixture.h"
#include "tiles/crossbar/circuit_linear.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {
namespace {

using aimc::testing::gaussian;
using test::circuit_options;
using test::circuit_spec;
using test::forward;

TileSpec sliced_spec(int input_bits, const SlicingSpec& slicing, Index rows) {
  TileSpec spec = circuit_spec(input_bits, lossless_adc_bits(slicing, rows), static_cast<double>(rows));
  spec.rows = rows;
  spec.slicing = slicing;
  return spec;
}

/// Integers whose largest magnitude, in every row of weights, is exactly the largest code.
Matrix integers(Index rows, Index columns, int largest, std::uint32_t seed) {
  Matrix matrix = gaussian(rows, columns, seed, static_cast<float>(largest) / 3);
  for (Index i = 0; i < matrix.size(); ++i)
    matrix.data()[i] =
        std::clamp(std::nearbyint(matrix.data()[i]), -static_cast<float>(largest), static_cast<float>(largest));
  matrix.col(0).setConstant(static_cast<float>(-largest));
  return matrix;
}

std::int64_t integer_product(const Matrix& weights, Index o, const Matrix& x, Index token) {
  std::int64_t sum = 0;
  for (Index i = 0; i < x.cols(); ++i)
    sum += static_cast<std::int64_t>(weights(o, i)) * static_cast<std::int64_t>(x(token, i));
  return sum;
}

struct Slices {
  int input_bits;
  SlicingSpec slicing;
};
class Lossless : public ::testing::TestWithParam<Slices> {};

TEST_P(Lossless, IsTheIntegerProduct) {
  constexpr Index in = 100, rows = 64;
  const auto& [input_bits, slicing] = GetParam();
  const TileSpec spec = sliced_spec(input_bits, slicing, rows);
  const Matrix weights = integers(9, in, largest_code(slicing.weight_bits), 1);
  const Matrix x = integers(5, in, largest_code(input_bits), 2);
  // The maximum of a channel in each row tile is the largest code, so that weight codes are the weights.
  Matrix scaled = weights;
  scaled.col(50).setConstant(static_cast<float>(largest_code(slicing.weight_bits)));
  const AnalogLinearOptions options = circuit_options(in, rows, static_cast<float>(largest_code(input_bits)));
  LinearCounts counts;
  const auto linear = make_circuit_linear(MatrixRows(scaled), spec, options, nullptr, RandomKey(1));
  const Matrix y = forward(*linear, x, &counts);
  EXPECT_EQ(counts.adc_clipped, 0);
  for (Index t = 0; t < 5; ++t)
    for (Index o = 0; o < 9; ++o)
      EXPECT_FLOAT_EQ(y(t, o), static_cast<float>(integer_product(scaled, o, x, t))) << t << ' ' << o;
}

INSTANTIATE_TEST_SUITE_P(
    Slicings, Lossless,
    ::testing::Values(Slices{8, {8, 2, 1, WeightEncoding::balanced}}, Slices{8, {8, 2, 1, WeightEncoding::offset}},
                      Slices{8, {8, 3, 2, WeightEncoding::balanced}}, Slices{8, {8, 3, 3, WeightEncoding::offset}},
                      Slices{5, {4, 1, 4, WeightEncoding::offset}}, Slices{4, {6, 8, 7, WeightEncoding::balanced}},
                      Slices{16, {16, 2, 1, WeightEncoding::offset}}));

TEST(Slicing, OneBitLessIsNotLossless) {
  constexpr Index rows = 128;
  for (const WeightEncoding encoding : {WeightEncoding::balanced, WeightEncoding::offset}) {
    TileSpec spec = sliced_spec(8, {8, 2, 1, encoding}, rows);
    const Matrix weights = integers(20, rows, 127, 10), x = integers(1, rows, 127, 11);
    const AnalogLinearOptions options = circuit_options(rows, rows, 127.0F);
    const auto wrong = [&] {
      const Matrix y = forward(*make_circuit_linear(MatrixRows(weights), spec, options, nullptr, RandomKey(1)), x);
      Index count = 0;
      for (Index o = 0; o < 20; ++o)
        if (static_cast<std::int64_t>(y(0, o)) != integer_product(weights, o, x, 0)) ++count;
      return count;
    };
    EXPECT_EQ(wrong(), 0);
    --spec.adc.bits;
    EXPECT_GT(wrong(), 10);
  }
}

// ISAAC: 128 x 128 arrays of 2-bit cells, 1-bit inputs, 16-bit weights and inputs: 8 columns a weight, 16 passes, and a
// 9-bit converter would be lossless (8 bits with the flipped encoding, which is not modelled).
TEST(Slicing, OfIsaacHasItsPublishedCounts) {
  const SlicingSpec isaac{16, 2, 1, WeightEncoding::offset};
  TileSpec spec = sliced_spec(16, isaac, 128);
  spec.columns = 128;
  EXPECT_EQ(slices_per_weight(isaac), 8);
  EXPECT_EQ(input_passes(spec).size(), 16U);
  EXPECT_EQ(outputs_per_array(spec), 16);
  EXPECT_EQ(lossless_adc_bits(isaac, 128), 9);
  EXPECT_EQ(lossless_adc_bits({16, 2, 2, WeightEncoding::offset}, 128), 11) << "log2(R) + v + w, both above 1";
  EXPECT_EQ(lossless_adc_bits({16, 1, 1, WeightEncoding::offset}, 128), 8) << "129 sums, 0 to 128";
  const MvmActions actions = mvm_actions(spec, 128, 16);
  EXPECT_EQ(actions.adc_conversions, 128 * 16) << "every bit line in every cycle";
  EXPECT_EQ(actions.dac_conversions, 128 * 16);
  LinearCounts counts;
  const AnalogLinearOptions options = circuit_options(128, 128, 1.0F);
  forward(*make_circuit_linear(MatrixRows(gaussian(16, 128, 3)), spec, options, nullptr, RandomKey(1)),
          gaussian(1, 128, 4), &counts);
  EXPECT_EQ(counts.adc_conversions, 128 * 16);
  EXPECT_EQ(counts.cell_reads, 128 * 128 * 16);
  EXPECT_EQ(counts.dac_conversions, 128 * 16);
  EXPECT_EQ(counts.affine, 16);
}

// Noise of 5 % of the full level in every cell: slice s adds 3 x 4^s x 5 % to a weight code.
TEST(Slicing, CellNoiseCountsWithTheWorthOfItsSlice) {
  const SlicingSpec slicing{7, 2, 1, WeightEncoding::balanced};
  constexpr Index in = 100, out = 400;
  TileSpec spec = sliced_spec(8, slicing, in);
  const Matrix weights = integers(out, in, 63, 5);
  AnalogLinearOptions options = circuit_options(in, in, 1.0F);
  options.effects = Effects::only(Effect::programming_noise);
  const auto device = make_device({.model = "additive", .additive_sigma = 0.05});
  const auto noisy = make_circuit_linear(MatrixRows(weights), spec, options, device.get(), RandomKey(7));
  const Matrix held = forward(*noisy, Matrix::Identity(in, in)).transpose();
  const double expected = 0.05 * 3 * std::sqrt(1 + 16 + 256);
  EXPECT_NEAR((held - weights).cast<double>().norm() / std::sqrt(1.0 * in * out), expected, 0.01 * expected);
  EXPECT_EQ(noisy->setup().cells_programmed, in * out * 3);
}

// One cell a level, whatever pairs or windows the device puts weights into: level 0 lies at the lowest conductance.
class OffsetCells : public ::testing::TestWithParam<const char*> {
 protected:
  /// What the cells of `weights` hold on a device of which only the stuck cells and noise scaled by `noise` act.
  static Matrix held(const Matrix& weights, const DeviceOptions& cells) {
    TileSpec spec = sliced_spec(8, {8, 2, 1, WeightEncoding::offset}, weights.cols());
    DeviceOptions options = cells;
    options.model = GetParam();
    options.effects = Effects::only(Effect::programming_noise).with(Effect::faults);
    const auto device = make_device(options);
    const auto linear = make_circuit_linear(MatrixRows(weights), spec, circuit_options(weights.cols(), 512, 127.0F),
                                            device.get(), RandomKey(3));
    return forward(*linear, 127 * Matrix::Identity(weights.cols(), weights.cols())).transpose() / 127;
  }
};

TEST_P(OffsetCells, WithoutNoiseAreExact) {
  const Matrix weights = integers(20, 60, 127, 12);
  const Matrix difference = held(weights, {.programming_scale = 0}) - weights;
  EXPECT_LT(difference.cwiseAbs().maxCoeff(), 1e-3F);
}

// All four slices at level 0 are code 0, all at level 3 code 255; the offset is 128.
TEST_P(OffsetCells, StuckCellsHoldTheLowestOrTheFullLevel) {
  const Matrix weights = integers(20, 60, 127, 12);
  const Matrix low = held(weights, {.programming_scale = 0, .stuck_low = 1});
  EXPECT_LT((low.array() + 128).abs().maxCoeff(), 1e-3F);
  const Matrix high = held(weights, {.programming_scale = 0, .stuck_high = 1});
  EXPECT_LT((high.array() - 127).abs().maxCoeff(), 1e-3F);
}

INSTANTIATE_TEST_SUITE_P(Devices, OffsetCells, ::testing::Values("pcm_like", "hermes_2", "reram_cmo", "additive"));

// A pair would give noise of an idle negative cell, too: ReRAM CMO's sigma at g_min = 9 uS is 0.00081107 + 0.00106879 g
// (numerics C.4, 0.2 % acceptance) and that at g_max = 88.2 uS ten times as much.
TEST(Slicing, OffsetCellsHaveTheNoiseOfOneCell) {
  constexpr Index in = 200, out = 200;
  TileSpec spec = sliced_spec(8, {2, 2, 1, WeightEncoding::offset}, in);
  spec.adc.bits = 16;
  Matrix weights = Matrix::Constant(out, in, -1.0F);  // code -1 + 2: level 1 of 3
  AnalogLinearOptions options = circuit_options(in, in, 1.0F);
  options.effects = Effects::only(Effect::programming_noise);
  options.arithmetic = CrossbarArithmetic::off_grid;
  const auto device = make_device({.model = "reram_cmo"});
  const auto linear = make_circuit_linear(MatrixRows(weights), spec, options, device.get(), RandomKey(9));
  const Matrix held = forward(*linear, Matrix::Identity(in, in)).transpose();
  const double window = 88.199997 - 9, conductance = 9 + window / 3;
  const double expected = (0.00081107 + 0.00106879 * conductance) / window * 3;  // in levels
  EXPECT_NEAR((held - weights).cast<double>().norm() / std::sqrt(1.0 * in * out), expected, 0.02 * expected);
}

TEST(Slicing, MoreConverterBitsNeverHurt) {
  const SlicingSpec slicing{8, 2, 2, WeightEncoding::balanced};
  const Matrix weights = gaussian(40, 128, 8), x = gaussian(20, 128, 9);
  const Matrix product = x * weights.transpose();
  double before = 1e9;
  for (const int bits : {4, 6, 8, 10, 12}) {
    TileSpec spec = sliced_spec(8, slicing, 128);
    spec.adc.bits = bits;
    const AnalogLinearOptions options = circuit_options(128, 128, 3.5F);
    const double error = test::relative_error(
        forward(*make_circuit_linear(MatrixRows(weights), spec, options, nullptr, RandomKey(1)), x), product);
    EXPECT_LE(error, before) << bits;
    before = error;
  }
  EXPECT_LT(before, 0.03) << "what rounding of weights and inputs leaves";
}

}  // namespace
}  // namespace aimc::tiles
