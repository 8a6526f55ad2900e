#include <gtest/gtest.h>

#include <cmath>

#include "base/check/error.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/linear/digital_linear.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/integer_product.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

/// Numerics A.6 and A.3 written out in double for one output.
double reference(const Matrix& w, Index o, const Matrix& x, Index t, int weight_bits, double range) {
  const double weight_step = w.row(o).cwiseAbs().maxCoeff() / (std::pow(2, weight_bits - 1) - 1),
               input_step = range / 127;
  double sum = 0;
  for (Index i = 0; i < w.cols(); ++i) {
    const double xq = std::max(-127.0, std::min(127.0, std::nearbyint(x(t, i) / input_step)));
    sum += xq * input_step * std::nearbyint(w(o, i) / weight_step) * weight_step;
  }
  return sum;
}

class DigitalBits : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(, DigitalBits, ::testing::Values(2, 4, 8));

TEST_P(DigitalBits, IsTheSumOfRoundedWeightsTimesRoundedInputs) {
  const Matrix w = gaussian(70, 1500, 1), x = gaussian(6, 1500, 2);  // 8 bits: sums beyond 2^24
  const auto fixed = make_digital_linear(w, {.weight_bits = GetParam(), .input_range = 2.5F});
  const auto dynamic = make_digital_linear(w, {.weight_bits = GetParam(), .range = InputRangeMode::dynamic_range});
  Matrix y(6, 70), z(6, 70);
  LinearCounts counts;
  fixed->forward(x, y, counts);
  dynamic->forward(x, z, counts);
  for (Index t = 0; t < 6; ++t) {
    for (Index o = 0; o < 70; ++o) {
      EXPECT_NEAR(y(t, o), reference(w, o, x, t, GetParam(), 2.5), 1e-4);
      EXPECT_NEAR(z(t, o), reference(w, o, x, t, GetParam(), x.row(t).cwiseAbs().maxCoeff()), 1e-4);
    }
  }
}

TEST(DigitalLinear, CountsMacsBytesAndClippedInputs) {
  Matrix x = Matrix::Zero(3, 33);
  x(0, 0) = 2;
  x(2, 5) = -1.1F;
  Matrix y(3, 5);
  LinearCounts counts;
  make_digital_linear(gaussian(5, 33, 3), {.weight_bits = 4, .input_range = 1})->forward(x, y, counts);
  EXPECT_EQ(counts.digital_macs, 3 * 5 * 33);
  EXPECT_EQ(counts.weight_bytes, 3 * 83);  // 165 nibbles, rounded up
  EXPECT_EQ(counts.dac_clipped, 2);
  EXPECT_EQ(counts.mvms + counts.adc_conversions, 0);
}

TEST(DigitalLinear, SixteenBitsAreTheFloatProduct) {
  const Matrix w = gaussian(20, 30, 4), x = gaussian(2, 30, 5);
  Matrix y(2, 20), z(2, 20);
  LinearCounts counts;
  make_digital_linear(w, {.weight_bits = 16})->forward(x, y, counts);
  make_float_linear(w)->forward(x, z, counts);
  EXPECT_EQ(y, z);
  EXPECT_EQ(counts.weight_bytes, 2 * 1200);
}

TEST(DigitalLinear, ZeroChannelsAndZeroInputsGiveZero) {
  Matrix w = gaussian(3, 8, 6);
  w.row(1).setZero();
  Matrix x = gaussian(2, 8, 7), y(2, 3);
  x.row(1).setZero();
  LinearCounts counts;
  make_digital_linear(w, {.range = InputRangeMode::dynamic_range})->forward(x, y, counts);
  EXPECT_EQ(y(0, 1), 0);
  EXPECT_NE(y(0, 0), 0);
  EXPECT_TRUE(y.row(1).isZero(0));
}

TEST(DigitalLinear, RejectsImpossibleBits) {
  EXPECT_THROW(make_digital_linear(gaussian(2, 2, 1), {.weight_bits = 9}), ConfigError);
  EXPECT_THROW(make_digital_linear(gaussian(2, 2, 1), {.weight_bits = 4, .input_bits = 1}), ConfigError);
}

TEST(DigitalLinear, LongColumnsOfEightBitsStayExact) {
  // 3000 full codes sum to 3000 x 127 x 127 > 2^24; the last input is one step smaller, and must not get lost.
  Matrix w = Matrix::Constant(70, 3000, 0.5F), x = Matrix::Constant(2, 3000, 127), y(2, 70);
  w.row(69) *= -1;
  x(1, 2999) = 126;
  LinearCounts counts;
  make_digital_linear(w, {.weight_bits = 8, .input_range = 127})->forward(x, y, counts);
  EXPECT_EQ(y(0, 3), 3000 * 127 * 0.5F);
  EXPECT_EQ(y(1, 68), (3000 * 127 - 1) * 0.5F);
  EXPECT_EQ(y(1, 69), -(3000 * 127 - 1) * 0.5F);
}

TEST(IntegerProduct, GivesTheSameSumsInInt8) {
  if (!has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI instructions";
  Matrix codes = gaussian(150, 1003, 8, 60), x = gaussian(21, 1003, 9, 60);
  const auto to_code = [](float v) { return std::clamp(std::nearbyint(v), -127.0F, 127.0F); };
  codes = codes.unaryExpr(to_code);
  x = x.unaryExpr(to_code);
  codes.row(3).setConstant(-127);
  x.row(2).setConstant(-127);
  std::vector<std::uint8_t> shifted;
  for (Index i = 0; i < x.size(); ++i) shifted.push_back(static_cast<std::uint8_t>(x.data()[i] + 128));
  const Eigen::MatrixXd exact = x.cast<double>() * codes.cast<double>().transpose();
  const IntegerProduct product(MatrixRows(codes), 127, 127, ProductType::int8, 64);
  EXPECT_EQ(product.type(), ProductType::int8);
  for (Index block = 0; block < product.blocks(); ++block) {
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> sums(21, product.block_columns(block));
    product.multiply(shifted.data(), 21, block, sums.data());
    EXPECT_EQ(sums, exact.middleCols(product.block_begin(block), sums.cols()));
  }
  EXPECT_EQ(IntegerProduct(codes * 2, 127, ProductType::int8).type(), ProductType::fp32);
}

TEST(IntegerProduct, StaysExactBeyondTheReachOfFp32) {
  // 3000 rows of code 511 x 127 sum to 194,691,000 > 2^24; one odd code must not get lost.
  Matrix codes = Matrix::Constant(65, 3000, 512);
  codes(64, 2999) = 1;
  const IntegerProduct product(codes, 127, ProductType::fp32);
  EXPECT_GT(product.chunks(), 1);
  const Matrix x = Matrix::Constant(3, 3000, 127);
  for (Index block = 0; block < product.blocks(); ++block) {
    std::vector<double> sums(static_cast<std::size_t>(3 * product.block_columns(block)));
    product.multiply(x.data(), 3, block, sums.data());
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const Index column = product.block_begin(block) + static_cast<Index>(i) % product.block_columns(block);
      ASSERT_EQ(sums[i], column == 64 ? 2999.0 * 512 * 127 + 127 : 3000.0 * 512 * 127);
    }
  }
}

}  // namespace
}  // namespace aimc::tiles
