#include <gtest/gtest.h>

#include <cstring>

#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/linear/float_linear.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

Matrix product_of(const Linear& linear, const Matrix& x) {
  Matrix y(x.rows(), linear.out_features());
  LinearCounts counts;
  linear.forward(x, y, counts);
  return y;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

class FloatLinearShapes : public ::testing::TestWithParam<std::pair<Index, Index>> {};
INSTANTIATE_TEST_SUITE_P(, FloatLinearShapes,
                         ::testing::Values(std::pair{64, 64}, std::pair{172, 64}, std::pair{64, 172},
                                           std::pair{512, 288}, std::pair{3072, 100}, std::pair{1, 1},
                                           std::pair{700, 1400}));

TEST_P(FloatLinearShapes, AgreesWithDoublePrecision) {
  const auto [in, out] = GetParam();
  const Matrix w = gaussian(out, in, 1), x = gaussian(21, in, 2);
  const Matrix y = product_of(*make_float_linear(w), x);
  const Eigen::MatrixXd exact = x.cast<double>() * w.cast<double>().transpose();
  const double tolerance = 1e-6 * std::sqrt(static_cast<double>(in)) * 10;
  EXPECT_LT((y.cast<double>() - exact).cwiseAbs().maxCoeff(), tolerance);
}

TEST_P(FloatLinearShapes, BitsOfATokenDoNotDependOnTheBatch) {
  const auto [in, out] = GetParam();
  const auto linear = make_float_linear(gaussian(out, in, 3));
  const Matrix x = gaussian(200, in, 4);
  const Matrix all = product_of(*linear, x);
  for (const Index tokens : {1, 2, 3, 5, 8, 64, 77, 130}) {
    const Index first = 200 - tokens;
    EXPECT_TRUE(same_bits(product_of(*linear, x.middleRows(first, tokens)), all.middleRows(first, tokens)))
        << tokens << " tokens";
  }
}

TEST_P(FloatLinearShapes, BitsDoNotDependOnTheThreads) {
  const auto [in, out] = GetParam();
  const Matrix w = gaussian(out, in, 5), x = gaussian(150, in, 6);
  set_thread_count(1);
  const Matrix one = product_of(*make_float_linear(w), x);
  set_thread_count(3);
  const Matrix three = product_of(*make_float_linear(w), x);
  set_thread_count(0);
  EXPECT_TRUE(same_bits(one, three));
}

TEST(FloatLinear, ReadsAndWritesSlicesOfWiderMatrices) {
  const Matrix w = gaussian(48, 64, 7), wide = gaussian(9, 200, 8);
  const auto linear = make_float_linear(w);
  Matrix y = Matrix::Constant(9, 100, -5.0F);
  LinearCounts counts;
  linear->forward(wide.middleCols(30, 64), y.middleCols(10, 48), counts);
  const Matrix contiguous = wide.middleCols(30, 64);
  EXPECT_TRUE(same_bits(Matrix(y.middleCols(10, 48)), product_of(*linear, contiguous)));
  EXPECT_TRUE((y.leftCols(10).array() == -5.0F).all() && (y.rightCols(42).array() == -5.0F).all());
}

TEST(FloatLinear, RunsInsideAParallelLoop) {
  const auto linear = make_float_linear(gaussian(300, 200, 9));
  const Matrix x = gaussian(40, 200, 10);
  const Matrix expected = product_of(*linear, x);
  std::vector<int> equal(16);
  parallel_for(
      16, [&](std::int64_t i) { equal[static_cast<std::size_t>(i)] = same_bits(product_of(*linear, x), expected); });
  EXPECT_EQ(std::count(equal.begin(), equal.end(), 1), 16);
}

}  // namespace
}  // namespace aimc::tiles
