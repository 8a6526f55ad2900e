#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tiles/crossbar/weight_grid.h"

namespace aimc::tiles {
namespace {

/// The rule as written: the quotient in double, rounded half to even to an integer up to 256, beyond that to eight
/// significant bits, as bf16 has.
float grid_code(float weight, float reference) {
  const double quotient = double(weight) * 256 / double(reference);
  if (std::fabs(quotient) <= 256) return float(std::nearbyint(quotient));
  const float limited = float(std::copysign(std::min(std::fabs(quotient), 65536.0), quotient));
  int exponent = 0;
  std::frexp(limited, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(limited, 8 - exponent)), exponent - 8);
}

/// How many codes differ from the rule; the weights also stand next to each other in other places of a vector.
std::size_t differences(std::vector<float> weights, float reference) {
  const std::vector<float> clean = weights;
  to_grid_codes(weights.data(), static_cast<Index>(weights.size()), reference, true);
  std::size_t different = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) different += weights[i] == grid_code(clean[i], reference) ? 0 : 1;
  return different;
}

TEST(WeightGrid, CodesOfMillionsOfWeightsFollowTheRule) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<float> uniform(-1.2F, 1.2F), exponent(-30, 30);
  for (int round = 0; round < 400; ++round) {
    const float reference = std::exp2(exponent(generator));
    std::vector<float> weights(10007);
    for (float& weight : weights) weight = reference * (round % 2 == 0 ? normal(generator) / 4 : uniform(generator));
    ASSERT_EQ(differences(weights, reference), 0U) << "reference " << reference;
  }
}

TEST(WeightGrid, TiesAndTheirNeighboursFollowTheRule) {
  for (const float reference : {1.0F, 3.0F, 0.4F, 0.1F, 77.0F, 1.0F / 3, 0x1.FFFFFEp0F}) {
    std::vector<float> weights;
    for (int k = -600; k <= 600; ++k) {
      const auto tie = float((k + 0.5) * double(reference) / 256);
      float near = tie;
      for (int step = 0; step < 6; ++step) near = std::nextafter(near, -INFINITY);
      for (int step = 0; step < 12; ++step) {
        weights.push_back(near);
        near = std::nextafter(near, INFINITY);
      }
    }
    EXPECT_EQ(differences(weights, reference), 0U) << "reference " << reference;
  }
  // Exact ties, seen in the result: half to even.
  std::vector<float> halves{0.5F / 256,  1.5F / 256,   2.5F / 256,   -0.5F / 256,
                            -1.5F / 256, 254.5F / 256, 257.0F / 256, 259.0F / 256};
  to_grid_codes(halves.data(), 8, 1.0F, true);
  EXPECT_EQ(halves, (std::vector<float>{0, 2, 2, 0, -2, 254, 256, 260}));
}

TEST(WeightGrid, ExtremeReferencesAndWeights) {
  const float smallest = std::numeric_limits<float>::denorm_min(), largest = std::numeric_limits<float>::max();
  for (const float reference : {smallest, 100 * smallest, 1e-38F, 1e-20F, 1e30F, largest}) {
    std::vector<float> weights;
    for (int k = -70; k < 70; ++k) weights.push_back(float(std::min(double(reference) * k / 60, double(largest))));
    EXPECT_EQ(differences(weights, reference), 0U) << "reference " << reference;
  }
  EXPECT_EQ(differences(std::vector<float>(40, 1e30F), 1.0F), 0U);  // ends at 2^16
  std::vector<float> zeros(40, 2.0F);
  to_grid_codes(zeros.data(), 40, 0.0F, true);
  EXPECT_EQ(zeros, std::vector<float>(40, 0.0F));
}

TEST(WeightGrid, MagnitudesAddExactly) {
  const std::vector<float> codes(1001, -65536.0F);
  EXPECT_EQ(sum_of_magnitudes(codes.data(), 1001), std::int64_t{65536} * 1001);
  const std::vector<float> mixed{-3, 256, 0, 7};
  EXPECT_EQ(sum_of_magnitudes(mixed.data(), 4), 266);
}

}  // namespace
}  // namespace aimc::tiles
