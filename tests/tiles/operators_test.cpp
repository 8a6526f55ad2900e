#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/digital/exponential.h"
#include "tiles/digital/operators.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

TEST(Exponential, IsWithinTwoUnitsInTheLastPlace) {
  double worst = 0;
  for (double x = -86; x < 88; x += 0.0137) {
    const auto f = static_cast<float>(x);
    const double exact = std::exp(static_cast<double>(f));
    const double unit = std::ldexp(1.0, std::ilogb(exact) - 23);
    worst = std::max(worst, std::fabs(exponential(f) - exact) / unit);
  }
  EXPECT_LT(worst, 2.0);
}

TEST(Exponential, HasTheLimitsOfTheRealOne) {
  EXPECT_EQ(exponential(0.0F), 1.0F);
  EXPECT_EQ(exponential(-1e30F), 0.0F);
  EXPECT_EQ(exponential(-INFINITY), 0.0F);
  EXPECT_EQ(exponential(100.0F), INFINITY);
  EXPECT_TRUE(std::isnan(exponential(NAN)));
  EXPECT_TRUE(std::isfinite(exponential(88.7F)));
}

TEST(RmsNorm, LeavesUnitMeanSquareTimesGain) {
  const Matrix x = gaussian(5, 67, 1, 3.0F);
  std::vector<float> gain(67, 2.0F);
  Matrix y(5, 67);
  rms_norm(x, gain, 0.0, y);
  for (Index token = 0; token < 5; ++token) {
    EXPECT_NEAR(y.row(token).cast<double>().squaredNorm() / 67, 4.0, 1e-5);
    EXPECT_NEAR(y(token, 13) / x(token, 13), y(token, 60) / x(token, 60), 1e-6);
  }
  rms_norm(Matrix::Zero(5, 67), gain, 1e-5, y);
  EXPECT_TRUE(y.isZero(0));
}

TEST(Rope, RotatesPairsByPositionTimesFrequency) {
  const std::vector<double> frequencies = {1.0, 0.25};
  Matrix interleaved(2, 8), halves(2, 8);
  interleaved << 1, 0, 0, 1, 2, 0, 0, 2, 1, 0, 0, 1, 2, 0, 0, 2;
  halves << 1, 0, 0, 1, 2, 0, 0, 2, 1, 0, 0, 1, 2, 0, 0, 2;
  rope(interleaved, 4, frequencies, true, 3);
  rope(halves, 4, frequencies, false, 3);
  EXPECT_NEAR(interleaved(1, 0), std::cos(4.0), 1e-6);  // (1, 0) turned by position 4
  EXPECT_NEAR(interleaved(1, 1), std::sin(4.0), 1e-6);
  EXPECT_NEAR(interleaved(0, 2), -std::sin(0.75), 1e-6);  // (0, 1) turned by 3 * 0.25
  EXPECT_NEAR(interleaved(0, 7), 2 * std::cos(0.75), 1e-6);
  EXPECT_NEAR(halves(0, 0), std::cos(3.0), 1e-6);  // pair (0, 2) = (1, 0)
  EXPECT_NEAR(halves(0, 2), std::sin(3.0), 1e-6);
  EXPECT_NEAR(halves(0, 1), -std::sin(0.75), 1e-6);  // pair (1, 3) = (0, 1)
}

TEST(Rope, ScoresDependOnTheDistanceOnly) {
  const Matrix q = gaussian(1, 64, 3), k = gaussian(1, 64, 4);
  std::vector<double> frequencies;
  for (int i = 0; i < 32; ++i) frequencies.push_back(std::pow(10000.0, -i / 32.0));
  const auto score = [&](Index q_position, Index k_position) {
    Matrix a = q, b = k;
    rope(a, 64, frequencies, false, q_position);
    rope(b, 64, frequencies, false, k_position);
    return static_cast<double>(a.row(0).dot(b.row(0)));
  };
  EXPECT_NEAR(score(7, 2), score(507, 502), 2e-4);
  EXPECT_GT(std::fabs(score(7, 2) - score(7, 3)), 1e-3);
}

TEST(Swiglu, IsGateTimesSigmoidTimesUp) {
  const Matrix gate = gaussian(3, 50, 5, 4.0F), up = gaussian(3, 50, 6);
  Matrix y(3, 50);
  swiglu(gate, up, y);
  for (Index i = 0; i < y.size(); ++i) {
    const double g = gate.data()[i];
    EXPECT_NEAR(y.data()[i], g / (1 + std::exp(-g)) * up.data()[i], 2e-6 * (1 + std::fabs(g)));
  }
  swiglu(Matrix::Constant(1, 1, -200.0F), Matrix::Ones(1, 1), y.topLeftCorner(1, 1));
  EXPECT_EQ(y(0, 0), 0.0F);
}

}  // namespace
}  // namespace aimc::tiles
