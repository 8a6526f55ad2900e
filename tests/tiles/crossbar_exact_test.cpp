#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/programmed_rows.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/product_primitive.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

TileSpec tile_spec(int adc_bits = 8, double out_bound = 14) {
  TileSpec spec;
  spec.rows = spec.columns = 512;
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

Matrix forward(const Linear& linear, const Matrix& x) {
  Matrix y = Matrix::Constant(x.rows(), linear.out_features(), NAN);
  LinearCounts counts;
  linear.forward(x, y, counts);
  return y;
}

std::vector<CrossbarKernel> kernels_here() {
  std::vector<CrossbarKernel> kernels{CrossbarKernel::fp32};
  if (has_fast_bf16()) kernels.push_back(CrossbarKernel::bf16);
  if (has_exact_int8()) kernels.push_back(CrossbarKernel::int8);
  return kernels;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0;
}

/// round(numerator / denominator), half to even, in integers.
std::int64_t rounded_quotient(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t magnitude = std::abs(numerator), whole = magnitude / denominator, rest = magnitude % denominator;
  const bool up = 2 * rest > denominator || (2 * rest == denominator && whole % 2 != 0);
  return (numerator < 0 ? -1 : 1) * (whole + (up ? 1 : 0));
}

/// Weights k / 256 and inputs k of known integers: what the array adds is known exactly.
struct IntegerCase {
  Matrix weights, x;
  /// The ADC code of one output with out_bound 14 and 8 bits, by integer arithmetic (numerics A.3).
  [[nodiscard]] float expected(Index token, Index o) const {
    std::int64_t sum = 0;
    for (Index i = 0; i < x.cols(); ++i)
      sum += static_cast<std::int64_t>(x(token, i)) * static_cast<std::int64_t>(weights(o, i) * 256);
    const std::int64_t code = std::clamp<std::int64_t>(rounded_quotient(sum, 256 * 14), -127, 127);
    return static_cast<float>(code);
  }
};

IntegerCase integers(Index tokens, Index in, Index out, float weight_sigma, std::uint32_t seed) {
  IntegerCase made{gaussian(out, in, seed, weight_sigma), gaussian(tokens, in, seed + 1, 50)};
  made.weights = made.weights.unaryExpr([](float v) { return std::nearbyint(std::clamp(v, -1.0F, 1.0F) * 256) / 256; });
  made.weights.col(0).setOnes();  // the reference of every channel
  made.x = made.x.unaryExpr([](float v) { return std::nearbyint(std::clamp(v, -127.0F, 127.0F)); });
  return made;
}

void expect_codes(const IntegerCase& made, CrossbarKernel kernel) {
  AnalogLinearOptions options = options_for(made.x.cols(), 0, 127);
  options.kernel = kernel;
  const Matrix y = forward(*make_analog_linear(made.weights, tile_spec(), options, nullptr, RandomKey(1)), made.x);
  const double step = 14.0 / 127 * 127;
  for (Index t = 0; t < y.rows(); ++t)
    for (Index o = 0; o < y.cols(); ++o)
      ASSERT_EQ(std::nearbyint(y(t, o) / step), made.expected(t, o)) << "token " << t << " column " << o;
}

TEST(ExactCodes, AreThoseOfIntegerArithmeticForUpTo512Rows) {
  for (const Index rows : {1, 40, 257, 512}) {
    const IntegerCase made = integers(70, rows, 90, 0.1F, static_cast<std::uint32_t>(rows));
    for (const CrossbarKernel kernel : kernels_here()) expect_codes(made, kernel);
  }
}

TEST(ExactCodes, AtTheBoundOf512RowsFullOfTheLargestCodes) {
  IntegerCase made{Matrix::Ones(40, 512), Matrix::Constant(3, 512, 127)};
  made.x.row(1).setConstant(-127);
  // A sum just beside the largest one, which a rounded addition would lose: 512 x 127 x 256 - 1 x 256 < 2^24.
  made.x(2, 7) = 126;
  AnalogLinearOptions options = options_for(512, 0, 127);
  for (const CrossbarKernel kernel : kernels_here()) {
    options.kernel = kernel;
    options.effects = Effects::all().without(Effect::output_rounding).without(Effect::output_clipping);
    const Matrix y = forward(*make_analog_linear(made.weights, tile_spec(), options, nullptr, RandomKey(1)), made.x);
    EXPECT_FLOAT_EQ(y(0, 3), 512 * 127);
    EXPECT_FLOAT_EQ(y(1, 3), -512 * 127);
    EXPECT_FLOAT_EQ(y(2, 39), 512 * 127 - 1);
  }
}

TEST(ExactCodes, ColumnsBeyondTheBoundAreFoundWhereverTheyAre) {
  // The first channels are sparse, so that nothing hints at column 70, whose sums reach 700 x 127 x 256 > 2^24.
  IntegerCase made{Matrix::Zero(600, 700), gaussian(5, 700, 3, 50)};
  made.x = made.x.unaryExpr([](float v) { return std::nearbyint(std::clamp(std::fabs(v), 1.0F, 127.0F)); });
  made.x.row(0).setConstant(127);
  made.weights.col(0).setOnes();
  made.weights.row(70).setOnes();
  made.weights.row(599).setConstant(-1);
  const auto exact = [](const Matrix& w, const Matrix& x, Index t, Index o) {
    return static_cast<double>(x.row(t).cast<double>().dot(w.row(o).cast<double>()));
  };
  for (const CrossbarKernel kernel : kernels_here()) {
    AnalogLinearOptions options = options_for(700, 0, 127);
    options.kernel = kernel;
    const TileSpec spec = tile_spec(16, 1024);
    const Matrix y = forward(*make_analog_linear(made.weights, spec, options, nullptr, RandomKey(1)), made.x);
    const double step = 1024.0 / 32767 * 127;
    for (Index t = 0; t < 5; ++t)
      for (const Index o : {0, 70, 71, 599}) {
        const double sum = exact(made.weights, made.x, t, o);
        EXPECT_FLOAT_EQ(y(t, o), static_cast<float>(std::nearbyint(sum / step) * step)) << t << ' ' << o;
      }
  }
}

TEST(ExactCodes, WeightsFarAboveTheReferenceGiveTheSameBitsInAllKernels) {
  const Matrix w = gaussian(130, 512, 4), x = gaussian(33, 512, 5);
  for (const double sigma : {0.3, 2.0}) {  // 2: most cells hold more than the reference, sums need chunks
    const auto device = make_device({.model = "additive", .additive_sigma = sigma});
    AnalogLinearOptions options = options_for(512, 512, 2);
    options.kernel = CrossbarKernel::fp32;
    const auto fp32 = make_analog_linear(w, tile_spec(8, 100), options, device.get(), RandomKey(9));
    const Matrix all = forward(*fp32, x);
    for (const CrossbarKernel kernel : kernels_here()) {
      options.kernel = kernel;
      const auto other = make_analog_linear(w, tile_spec(8, 100), options, device.get(), RandomKey(9));
      EXPECT_TRUE(same_bits(forward(*other, x), all));
      for (const Index tokens : {1, 5, 16})
        EXPECT_TRUE(same_bits(forward(*other, x.middleRows(11, tokens)), all.middleRows(11, tokens))) << tokens;
    }
  }
}

TEST(ExactCodes, TheTestVectorOffTheGridBitForBit) {  // numerics A.3
  Matrix w(1, 4), x(1, 4);
  w << 0.2F, -0.4F, 0.1F, 0.05F;
  x << 0.9F, -2.0F, 0.031F, 1.5F;
  AnalogLinearOptions options = options_for(4, 512, 1.5F);
  options.arithmetic = CrossbarArithmetic::off_grid;
  options.kernel = CrossbarKernel::fp32;
  EXPECT_EQ(forward(*make_analog_linear(w, tile_spec(), options, nullptr, RandomKey(1)), x)(0, 0), 0.85984252F);
  options.effects = Effects::all().without(Effect::output_rounding).without(Effect::output_clipping);
  const float without_adc = forward(*make_analog_linear(w, tile_spec(), options, nullptr, RandomKey(1)), x)(0, 0);
  EXPECT_FLOAT_EQ(without_adc, 0.85807087F);
}

TEST(ExactCodes, IdealCellsWithoutAdcAreTheFloatProduct) {
  IntegerCase made = integers(20, 900, 60, 0.3F, 11);
  made.weights.col(300).setOnes();  // the references of the other row tiles
  made.weights.col(600).setOnes();
  AnalogLinearOptions options = options_for(900, 300, 127);
  options.effects = Effects::all().without(Effect::output_rounding).without(Effect::output_clipping);
  const Matrix y = forward(*make_analog_linear(made.weights, tile_spec(), options, nullptr, RandomKey(1)), made.x);
  const Eigen::MatrixXd exact = made.x.cast<double>() * made.weights.cast<double>().transpose();
  const Eigen::MatrixXd scale = made.x.cwiseAbs().cast<double>() * made.weights.cwiseAbs().cast<double>().transpose();
  EXPECT_LT(((y.cast<double>() - exact).array() / scale.array()).abs().maxCoeff(), 4 * 0x1p-24);
}

/// Cells that all hold the maximum they were scaled by.
class MaximumDevice final : public Device {
 public:
  explicit MaximumDevice(bool of_tile) : of_tile_(of_tile) {}
  void hold(std::span<const float>, const CellRequest& request, std::span<float> held) const override {
    std::fill(held.begin(), held.end(), request.maximum);
  }
  [[nodiscard]] std::string_view name() const override { return "maximum"; }
  [[nodiscard]] bool is_random() const override { return false; }
  [[nodiscard]] bool relative_to_tile() const override { return of_tile_; }

 private:
  bool of_tile_;
};

TEST(Programming, ScalesByTheMaximumOfTheChannelOrOfTheRowTile) {
  const Matrix w = gaussian(50, 60, 6);
  const Matrix channel = programmed_weights(w, {40, 20}, MaximumDevice(false), RandomKey(1));
  const Matrix tile = programmed_weights(w, {40, 20}, MaximumDevice(true), RandomKey(1));
  EXPECT_EQ(channel(7, 3), w.row(7).head(40).cwiseAbs().maxCoeff());
  EXPECT_EQ(channel(49, 41), w.row(49).tail(20).cwiseAbs().maxCoeff());
  EXPECT_EQ(tile(7, 3), w.leftCols(40).cwiseAbs().maxCoeff());
  EXPECT_EQ(tile(49, 59), w.rightCols(20).cwiseAbs().maxCoeff());
}

TEST(Programming, RowsReadInAnyPartsAreTheProgrammedWeights) {
  const Matrix w = gaussian(70, 130, 7);
  const auto device = make_device({.model = "pcm"});
  const MatrixRows clean(w);
  const ProgrammedRows rows(clean, {65, 65}, *device, RandomKey(3));
  const Matrix all = programmed_weights(w, {65, 65}, *device, RandomKey(3));
  Matrix parts(70, 130);
  for (const auto& [first, count] : {std::pair<Index, Index>{31, 39}, {0, 1}, {1, 30}})
    rows.read(first, parts.middleRows(first, count));
  EXPECT_TRUE(same_bits(parts, all));
  const Matrix x = gaussian(9, 130, 8);
  EXPECT_TRUE(same_bits(forward(*make_float_linear(rows), x), forward(*make_float_linear(all), x)));
}

/// Weights made row by row, never a whole matrix: remembers the most channels asked for at once.
class MadeRows final : public WeightRows {
 public:
  [[nodiscard]] Index rows() const override { return 1100; }
  [[nodiscard]] Index cols() const override { return 600; }
  void read(Index first, MatrixSpan to) const override {
    for (Index c = 0; c < to.rows(); ++c)
      for (Index i = 0; i < cols(); ++i) to(c, i) = static_cast<float>(std::sin(0.37 * double(first + c) + double(i)));
    Index before = most_;
    while (before < to.rows() && !most_.compare_exchange_weak(before, to.rows())) {
    }
    read_ += to.rows();
  }
  mutable std::atomic<Index> read_ = 0, most_ = 0;
};

TEST(Programming, ReadsEachChannelOnceAndFewAtATime) {
  const MadeRows rows;
  const auto device = make_device({.model = "pcm"});
  const auto linear = make_analog_linear(rows, tile_spec(), options_for(600, 300, 2), device.get(), RandomKey(1));
  EXPECT_EQ(rows.read_, 1100);
  EXPECT_LE(rows.most_, 64);
  Matrix whole(1100, 600);
  rows.read(0, whole);
  const auto same = make_analog_linear(whole, tile_spec(), options_for(600, 300, 2), device.get(), RandomKey(1));
  const Matrix x = gaussian(3, 600, 9);
  EXPECT_TRUE(same_bits(forward(*linear, x), forward(*same, x)));
}

}  // namespace
}  // namespace aimc::tiles
