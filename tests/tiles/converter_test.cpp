#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tiles/random_matrix.h"
#include "tiles/converter/adc.h"
#include "tiles/converter/dac.h"

namespace aimc::tiles {
namespace {

AdcTransfer transfer(int input_bits, int bits, double out_bound) {
  AdcSpec spec;
  spec.bits = bits;
  spec.out_bound = out_bound;
  return {input_bits, spec};
}

std::vector<float> codes_of(const std::vector<float>& x, float range, int bits = 8) {
  std::vector<float> codes(x.size());
  quantize_inputs(x.data(), static_cast<Index>(x.size()), range, largest_code(bits), codes.data());
  return codes;
}

TEST(Dac, RoundsTiesToEvenAndSaturates) {
  // range 127: one code per unit
  EXPECT_THAT(codes_of({0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 126.5F, 127.4F, 500, -500, -127.6F}, 127),
              ::testing::ElementsAre(0, 2, 2, 0, -2, 126, 127, 127, -127, -127));
}

TEST(Dac, HasTheCodesOfTheTestVector) {  // numerics A.3
  EXPECT_THAT(codes_of({0.9F, -2.0F, 0.031F, 1.5F}, 1.5F), ::testing::ElementsAre(76, -127, 3, 127));
}

TEST(Dac, HasTheCodesOfEachResolution) {
  for (int bits = 2; bits <= 8; ++bits) {
    const int largest = (1 << (bits - 1)) - 1;
    std::vector<float> ramp, expected;
    for (int code = -largest; code <= largest; ++code) {
      ramp.push_back((static_cast<float>(code) + 0.4F) / static_cast<float>(largest));
      expected.push_back(static_cast<float>(code));
    }
    EXPECT_EQ(codes_of(ramp, 1.0F, bits), expected);
  }
}

TEST(Dac, CountsInputsBeyondTheRange) {
  std::vector<float> codes(5);
  const std::vector<float> x = {0.5F, -1.01F, 1.0F, 3.0F, -1.0F};
  EXPECT_EQ(quantize_inputs(x.data(), 5, 1.0F, 127, codes.data()), 2);
  EXPECT_EQ(quantize_inputs(x.data(), 5, 0.0F, 127, codes.data()), 5);
  EXPECT_THAT(codes, ::testing::Each(0.0F));
}

TEST(Dac, Bf16CodesAreTheFp32Codes) {
  const Matrix x = testing::gaussian(1, 1003, 1);
  std::vector<float> codes(1003);
  std::vector<std::uint16_t> bits(1003);
  quantize_inputs(x.data(), 1003, 2.5F, 127, codes.data());
  quantize_inputs(x.data(), 1003, 2.5F, 127, bits.data());
  for (std::size_t i = 0; i < codes.size(); ++i)
    ASSERT_EQ(std::bit_cast<float>(static_cast<std::uint32_t>(bits[i]) << 16), codes[i]);
}

TEST(Dac, DynamicRangePutsTheMaximumOnTheLargestCode) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const Matrix x = testing::gaussian(1, 37, seed, std::pow(10.0F, static_cast<float>(seed % 9) - 4));
    Index place = 0;
    x.row(0).cwiseAbs().maxCoeff(&place);
    std::vector<float> codes(37);
    EXPECT_EQ(quantize_inputs(x.data(), 37, largest_magnitude(x.data(), 37), 127, codes.data()), 0);
    EXPECT_EQ(codes[static_cast<std::size_t>(place)], x(0, place) > 0 ? 127 : -127);
  }
}

/// Rounds sum * 127 / (127 * 256 * 14) = sum / 3584 half to even in integers.
int exact_code(std::int64_t sum) {
  const std::int64_t magnitude = std::abs(sum), floor = magnitude / 3584, rest = magnitude % 3584;
  const std::int64_t rounded = floor + (rest > 1792 || (rest == 1792 && floor % 2 == 1) ? 1 : 0);
  return static_cast<int>(std::min<std::int64_t>(rounded, 127)) * (sum < 0 ? -1 : 1);
}

TEST(Adc, CodesAreThoseOfIntegerArithmeticTiesIncluded) {
  const AdcTransfer adc = transfer(8, 8, 14);
  ASSERT_TRUE(adc.fast());
  for (std::int64_t sum = -600000; sum <= 600000; ++sum) {
    const auto value = static_cast<float>(sum);
    ASSERT_EQ(adc.code(adc.value_fast(value)), static_cast<float>(exact_code(sum))) << sum;
    ASSERT_EQ(adc.code(adc.value(value)), static_cast<float>(exact_code(sum))) << sum;
  }
}

TEST(Adc, FastAndExactAgreeWhereverFastIsAllowed) {
  for (const int input_bits : {2, 4, 6, 8}) {
    for (const int bits : {2, 4, 7, 8}) {
      for (const double bound : {1.0, 3.5, 14.0, 12.7, 127.0}) {
        const AdcTransfer adc = transfer(input_bits, bits, bound);
        if (!adc.fast()) continue;
        for (int sum = -200000; sum < 200000; ++sum) {
          const auto value = static_cast<float>(sum);
          ASSERT_EQ(adc.code(adc.value_fast(value)), adc.code(adc.value(value))) << sum << ' ' << bits << ' ' << bound;
        }
      }
    }
  }
}

TEST(Adc, SixteenBitsResolveSingleSteps) {
  const AdcTransfer adc = transfer(8, 16, 14);
  EXPECT_FALSE(adc.fast());
  EXPECT_EQ(adc.code(adc.value(127.0F * 256 * 14)), 32767);
  EXPECT_EQ(adc.code(adc.value(-1e9F)), -32767);
  EXPECT_EQ(adc.code(adc.value(14.0F)), std::nearbyint(14.0 * 32767 / (127 * 256 * 14)));
}

}  // namespace
}  // namespace aimc::tiles
