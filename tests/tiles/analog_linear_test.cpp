#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/product_primitive.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

TileSpec tile_spec(int input_bits = 8, int adc_bits = 8, double out_bound = 14) {
  TileSpec spec;
  spec.rows = spec.columns = 512;
  spec.input.bits = input_bits;
  spec.adc.bits = adc_bits;
  spec.adc.out_bound = out_bound;
  return spec;
}

AnalogLinearOptions options_for(Index in, Index rows, float range) {
  AnalogLinearOptions options;
  options.row_tiles = balanced_split(in, rows);
  options.input_ranges.assign(options.row_tiles.size(), range);
  return options;
}

Matrix forward(const Linear& linear, const Matrix& x, LinearCounts* counts = nullptr) {
  Matrix y = Matrix::Constant(x.rows(), linear.out_features(), NAN);
  LinearCounts mine;
  linear.forward(x, y, counts != nullptr ? *counts : mine);
  return y;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0;
}

struct Reference {
  int input_largest = 127, adc_largest = 127;
  double out_bound = 14;
  bool on_grid = true, noisy_scale = false;
  std::vector<Index> row_tiles;
  std::vector<double> ranges = {};  ///< empty: dynamic
};

/// Numerics A.2 in the order written there, one output at a time in double: clamp, DAC, product with the programmed
/// weights, ADC, clamp, sum over tiles. The steps keep their units, unlike the kernel's codes.
double reference_output(const Reference& r, const Matrix& target, const Matrix& programmed, Index o, const float* x) {
  double out = 0;
  Index begin = 0;
  for (std::size_t t = 0; t < r.row_tiles.size(); ++t) {
    const Index rows = r.row_tiles[t];
    double range = 0, wmax = 0;
    for (Index i = begin; i < begin + rows; ++i) {
      range = std::max(range, std::fabs(double(x[i])));
      wmax = std::max(wmax, std::fabs(double(r.noisy_scale ? programmed(o, i) : target(o, i))));
    }
    if (!r.ranges.empty()) range = r.ranges[t];
    double sum = 0;
    for (Index i = begin; i < begin + rows; ++i) {
      const double clamped = std::min(range, std::max(-range, double(x[i])));
      const double input_step = range / r.input_largest, cell_step = wmax / 256;
      const double xq = std::nearbyint(clamped / input_step) * input_step;
      double weight = programmed(o, i);
      if (r.on_grid)
        weight = std::nearbyint(weight / cell_step / (std::fabs(weight) > wmax ? 2 : 1)) * cell_step *
                 (std::fabs(weight) > wmax ? 2 : 1);
      sum += xq * weight;
    }
    const double bound = range * r.out_bound * wmax, output_step = bound / r.adc_largest;
    if (bound > 0) out += std::min(bound, std::max(-bound, std::nearbyint(sum / output_step) * output_step));
    begin += rows;
  }
  return out;
}

/// Share of outputs that differ from the reference by more than rounding: near-ties that double arithmetic in other
/// units decides differently. One such difference is one ADC step.
double share_different(const Matrix& y, const Reference& r, const Matrix& target, const Matrix& programmed,
                       const Matrix& x) {
  Index different = 0;
  for (Index t = 0; t < x.rows(); ++t)
    for (Index o = 0; o < target.rows(); ++o) {
      const double expected = reference_output(r, target, programmed, o, x.row(t).data());
      if (std::fabs(y(t, o) - expected) > 2e-6 * (1 + std::fabs(expected))) ++different;
    }
  return static_cast<double>(different) / static_cast<double>(y.size());
}

TEST(AnalogLinear, HasTheOutputOfTheTestVector) {  // numerics A.3
  Matrix w(1, 4), x(1, 4);
  w << 0.2F, -0.4F, 0.1F, 0.05F;
  x << 0.9F, -2.0F, 0.031F, 1.5F;
  const auto linear = make_analog_linear(w, tile_spec(), options_for(4, 512, 1.5F), nullptr, RandomKey(1));
  EXPECT_NEAR(forward(*linear, x)(0, 0), 0.85984252, 1e-7);  // code 13
}

TEST(AnalogLinear, EqualsTheSpecificationForStaticRanges) {
  const Matrix w = gaussian(90, 300, 1), x = gaussian(40, 300, 2);
  const auto linear = make_analog_linear(w, tile_spec(), options_for(300, 128, 2.0F), nullptr, RandomKey(1));
  const Reference r{.row_tiles = {100, 100, 100}, .ranges = {2, 2, 2}};
  EXPECT_LT(share_different(forward(*linear, x), r, w, w, x), 0.003);
}

TEST(AnalogLinear, EqualsTheSpecificationForDynamicRangesAndOtherBits) {
  const Matrix w = gaussian(33, 257, 3), x = gaussian(20, 257, 4);
  for (const auto& [input_bits, adc_bits] : {std::pair{8, 8}, {6, 8}, {2, 5}, {5, 12}, {8, 16}}) {
    TileSpec spec = tile_spec(input_bits, adc_bits, 11.3);
    spec.input.range = InputRangeMode::dynamic_range;
    const auto linear = make_analog_linear(w, spec, options_for(257, 100, 0), nullptr, RandomKey(1));
    const Reference r{.input_largest = largest_code(input_bits),
                      .adc_largest = largest_code(adc_bits),
                      .out_bound = 11.3,
                      .row_tiles = {86, 86, 85}};
    EXPECT_LT(share_different(forward(*linear, x), r, w, w, x), 0.01) << input_bits << ' ' << adc_bits;
  }
}

TEST(AnalogLinear, EqualsTheSpecificationWithNoiseForBothAdcScales) {
  const Matrix w = gaussian(64, 200, 5, 0.1F), x = gaussian(30, 200, 6);
  const auto noise = make_device({.model = "pcm"});
  const RandomKey key(77);
  AnalogLinearOptions options = options_for(200, 100, 2.5F);
  const Matrix programmed = programmed_weights(w, options.row_tiles, *noise, key);
  EXPECT_GT((programmed - w).norm() / w.norm(), 0.05);
  for (const AdcScaleSource source : {AdcScaleSource::target, AdcScaleSource::noisy}) {
    for (const CrossbarArithmetic arithmetic : {CrossbarArithmetic::grid, CrossbarArithmetic::off_grid}) {
      TileSpec spec = tile_spec();
      spec.adc.scale_from = source;
      options.arithmetic = arithmetic;
      const Reference r{.on_grid = arithmetic == CrossbarArithmetic::grid,
                        .noisy_scale = source == AdcScaleSource::noisy,
                        .row_tiles = options.row_tiles,
                        .ranges = {2.5, 2.5}};
      const auto linear = make_analog_linear(w, spec, options, noise.get(), key);
      EXPECT_LT(share_different(forward(*linear, x), r, w, programmed, x), 0.01);
    }
  }
}

TEST(AnalogLinear, QuantisesEachRowTileBeforeTheSum) {
  // Each tile's sum is 0.4 ADC steps, rounded to nothing; the sum of both would round to one step.
  Matrix w = Matrix::Zero(1, 20), x = Matrix::Zero(1, 20);
  w(0, 0) = w(0, 10) = 1;
  x(0, 0) = x(0, 10) = 0.4F * 14 / 127;
  const auto tiled = make_analog_linear(w, tile_spec(), options_for(20, 10, 1), nullptr, RandomKey(1));
  EXPECT_EQ(forward(*tiled, x)(0, 0), 0);
  const auto whole = make_analog_linear(w, tile_spec(), options_for(20, 20, 1), nullptr, RandomKey(1));
  EXPECT_NEAR(forward(*whole, x)(0, 0), 14.0 / 127, 1e-6);
}

TEST(AnalogLinear, SaturatesAtTheBoundAndCountsIt) {
  const Matrix w = Matrix::Constant(2, 30, 0.5F), x = Matrix::Constant(1, 30, 1.0F);
  const auto linear = make_analog_linear(w, tile_spec(), options_for(30, 100, 1), nullptr, RandomKey(1));
  LinearCounts counts;
  const Matrix y = forward(*linear, x, &counts);
  EXPECT_NEAR(y(0, 0), 14 * 0.5, 1e-5);  // 30 devices at full scale, the converter ends at 14
  EXPECT_EQ(counts.adc_clipped, 2);
  EXPECT_EQ(counts.dac_clipped, 0);
}

TEST(AnalogLinear, ZeroChannelsGiveExactlyZero) {
  Matrix w = gaussian(5, 64, 8);
  w.row(2).setZero();
  for (const char* model : {"none", "pcm", "additive"}) {
    const auto noise = make_device({.model = model});
    const auto linear = make_analog_linear(w, tile_spec(), options_for(64, 30, 2), noise.get(), RandomKey(3));
    const Matrix y = forward(*linear, gaussian(9, 64, 9));
    EXPECT_TRUE((y.col(2).array() == 0.0F).all());
    EXPECT_GT(y.col(1).cwiseAbs().maxCoeff(), 0);
  }
}

TEST(AnalogLinear, WithoutNoiseAndWithFineConvertersIsTheFloatProduct) {
  const Matrix w = gaussian(40, 150, 10);
  Matrix x = gaussian(10, 150, 11);
  x = x.unaryExpr([](float v) { return std::clamp(std::nearbyint(v * 40), -127.0F, 127.0F); });  // on the input grid
  AnalogLinearOptions options = options_for(150, 50, 127.0F);
  options.arithmetic = CrossbarArithmetic::off_grid;
  const double bound = 30;
  const auto linear = make_analog_linear(w, tile_spec(8, 16, bound), options, nullptr, RandomKey(1));
  const Matrix exact = x * w.transpose();
  const double half_step = 0.5 * bound * 127 * w.cwiseAbs().maxCoeff() / 32767;
  EXPECT_LT((forward(*linear, x) - exact).cwiseAbs().maxCoeff(), 3 * half_step + 1e-3);
}

TEST(AnalogLinear, Bf16AndFp32KernelsGiveIdenticalBits) {
  if (!has_fast_bf16()) GTEST_SKIP() << "this CPU has no bf16 instructions";
  const Matrix w = gaussian(300, 1000, 12);
  const auto noise = make_device({.model = "pcm"});
  AnalogLinearOptions options = options_for(1000, 512, 2.0F);
  options.kernel = CrossbarKernel::bf16;
  const auto bf16 = make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(5));
  options.kernel = CrossbarKernel::fp32;
  const auto fp32 = make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(5));
  EXPECT_THAT(std::string(bf16->kernel()), ::testing::HasSubstr("bf16"));
  EXPECT_THAT(std::string(fp32->kernel()), ::testing::HasSubstr("fp32"));
  for (const Index tokens : {1, 3, 8, 64, 200}) {
    const Matrix x = gaussian(tokens, 1000, 13);
    EXPECT_TRUE(same_bits(forward(*bf16, x), forward(*fp32, x))) << tokens;
  }
}

TEST(AnalogLinear, BitsDoNotDependOnBatchOrThreads) {
  const Matrix w = gaussian(200, 600, 14), x = gaussian(200, 600, 15);
  const auto noise = make_device({.model = "pcm"});
  for (const CrossbarArithmetic arithmetic : {CrossbarArithmetic::grid, CrossbarArithmetic::off_grid}) {
    AnalogLinearOptions options = options_for(600, 256, 2.0F);
    options.arithmetic = arithmetic;
    set_thread_count(1);
    const auto serial = make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(6));
    const Matrix one = forward(*serial, x);
    set_thread_count(2);
    const auto parallel = make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(6));
    EXPECT_TRUE(same_bits(one, forward(*parallel, x)));
    for (const Index tokens : {1, 3, 8, 64})
      EXPECT_TRUE(same_bits(forward(*parallel, x.middleRows(7, tokens)), one.middleRows(7, tokens))) << tokens;
    set_thread_count(0);
  }
}

TEST(AnalogLinear, OrderOfRowsChangesNoBit) {
  const Index rows = 500;
  const Matrix w = gaussian(64, rows, 16), x = gaussian(16, rows, 17);
  std::vector<Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  Matrix shuffled_w(64, rows), shuffled_x(16, rows);
  for (Index i = 0; i < rows; ++i) {
    shuffled_w.col(i) = w.col(order[static_cast<std::size_t>(i)]);
    shuffled_x.col(i) = x.col(order[static_cast<std::size_t>(i)]);
  }
  const auto options = options_for(rows, 512, 2.0F);
  const auto a = make_analog_linear(w, tile_spec(), options, nullptr, RandomKey(1));
  const auto b = make_analog_linear(shuffled_w, tile_spec(), options, nullptr, RandomKey(1));
  EXPECT_TRUE(same_bits(forward(*a, x), forward(*b, shuffled_x)));
}

TEST(AnalogLinear, LargeTilesStayExactByChunks) {
  // 3000 devices near full scale: integer sums up to 97 M. The bound of 4000 keeps the converter from saturating.
  const Matrix w = Matrix::Constant(3, 3000, 1.0F);
  Matrix x = Matrix::Constant(2, 3000, 1.0F);
  x(1, 0) = 0;
  const auto linear = make_analog_linear(w, tile_spec(8, 16, 4000), options_for(3000, 0, 1), nullptr, RandomKey(1));
  const Matrix y = forward(*linear, x);
  const double step = 4000.0 / 32767;
  EXPECT_NEAR(y(0, 0), std::nearbyint(3000 / step) * step, 1e-3);
  EXPECT_NEAR(y(1, 2), std::nearbyint(2999 / step) * step, 1e-3);
}

TEST(AnalogLinear, MoreAdcBitsNeverRaiseTheMeanError) {
  const Matrix w = gaussian(64, 256, 18), x = gaussian(64, 256, 19);
  const Matrix exact = x * w.transpose();
  double before = INFINITY;
  for (const int bits : {4, 5, 6, 7, 8, 10, 12}) {
    const auto linear =
        make_analog_linear(w, tile_spec(8, bits, 16), options_for(256, 256, 3.5F), nullptr, RandomKey(1));
    const double error = (forward(*linear, x) - exact).norm();
    EXPECT_LE(error, before) << bits;
    before = error;
  }
}

TEST(AnalogLinear, CountsWhatHappened) {
  AnalogLinearOptions options = options_for(25, 10, 1);  // 9 + 8 + 8 rows
  options.column_tiles = {4, 3};
  TileSpec spec = tile_spec();
  spec.input.phases = 4;
  Matrix x = Matrix::Zero(5, 25);
  x(3, 20) = -9;
  LinearCounts counts;
  forward(*make_analog_linear(gaussian(7, 25, 20), spec, options, nullptr, RandomKey(1)), x, &counts);
  // The sum over the 6 shards of what one MVM of each does (an independent count), for 5 tokens.
  MvmActions expected;
  for (const Index rows : {9, 8, 8}) {
    for (const Index columns : {4, 3}) {
      const MvmActions one = mvm_actions(spec, rows, columns);
      expected.dac_conversions += 5 * one.dac_conversions;
      expected.cell_reads += 5 * one.cell_reads;
      expected.adc_conversions += 5 * one.adc_conversions;
      expected.affine += 5 * one.affine;
    }
  }
  EXPECT_EQ(counts.mvms, 30);
  EXPECT_EQ(counts.dac_conversions, expected.dac_conversions);
  EXPECT_EQ(counts.cell_reads, expected.cell_reads);
  EXPECT_EQ(counts.adc_conversions, expected.adc_conversions);
  EXPECT_EQ(counts.affine, expected.affine);
  EXPECT_EQ(counts.accumulate, 5 * 7 * 2);
  EXPECT_EQ(counts.dac_clipped, 1);
}

TEST(AnalogLinear, NoiseBelongsToTheKeyAndNotToTheColumnTiles) {
  const Matrix w = gaussian(40, 64, 21), x = gaussian(4, 64, 22);
  const auto noise = make_device({.model = "pcm"});
  AnalogLinearOptions options = options_for(64, 40, 2);
  const Matrix y = forward(*make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(1)), x);
  options.column_tiles = {25, 15};
  EXPECT_TRUE(same_bits(forward(*make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(1)), x), y));
  EXPECT_FALSE(same_bits(forward(*make_analog_linear(w, tile_spec(), options, noise.get(), RandomKey(2)), x), y));
}

TEST(SplitSizes, AreThoseOfTheExamples) {  // numerics A.1
  EXPECT_EQ(balanced_split(3072, 512), std::vector<Index>(6, 512));
  EXPECT_EQ(balanced_split(8192, 512), std::vector<Index>(16, 512));
  EXPECT_EQ(balanced_split(1000, 256), std::vector<Index>(4, 250));
  const auto sizes = balanced_split(11008, 512);
  EXPECT_EQ(sizes.size(), 22U);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 501), 8);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 500), 14);
  EXPECT_EQ(balanced_split(3072, -1), std::vector<Index>{3072});
}

}  // namespace
}  // namespace aimc::tiles
