#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "tests/tiles/random_matrix.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/product_primitive.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

struct Result {
  Matrix y;
  LinearCounts counts;
};

struct Case {
  Matrix weights;
  Index rows = 512;
  TileSpec spec;
  std::shared_ptr<const Device> device;
  Effects effects = Effects::all();

  [[nodiscard]] std::unique_ptr<Linear> linear(CrossbarKernel kernel) const {
    AnalogLinearOptions options;
    options.row_tiles = balanced_split(weights.cols(), rows);
    options.input_ranges.assign(options.row_tiles.size(), 2.0F);
    options.kernel = kernel;
    options.effects = effects;
    return make_analog_linear(weights, spec, options, device.get(), RandomKey(3));
  }
};

TileSpec tile_spec(int adc_bits = 8, double out_bound = 14) {
  TileSpec spec;
  spec.rows = spec.columns = 512;
  spec.adc.bits = adc_bits;
  spec.adc.out_bound = out_bound;
  return spec;
}

Result forward(const Linear& linear, const Matrix& x) {
  Result result{Matrix::Zero(x.rows(), linear.out_features()), {}};
  linear.forward(x, result.y, result.counts);
  return result;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * 4) == 0;
}

class Int8Kernel : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI instructions";
  }
  /// Both kernels on all of x, and int8 on parts of it.
  static void expect_same(const Case& made, const Matrix& x, const std::string& where) {
    const auto int8 = made.linear(CrossbarKernel::int8);
    EXPECT_THAT(std::string(int8->kernel()), ::testing::StartsWith("int8 onednn ")) << where;
    const Result expected = forward(*made.linear(CrossbarKernel::fp32), x), all = forward(*int8, x);
    EXPECT_TRUE(same_bits(all.y, expected.y)) << where;
    EXPECT_EQ(all.counts.adc_clipped, expected.counts.adc_clipped) << where;
    EXPECT_EQ(all.counts.dac_clipped, expected.counts.dac_clipped) << where;
    EXPECT_FALSE(all.y.isZero(0)) << where;
    for (const Index tokens : {Index{1}, Index{3}, Index{17}}) {
      if (tokens >= x.rows()) continue;
      EXPECT_TRUE(same_bits(forward(*int8, x.bottomRows(tokens)).y, expected.y.bottomRows(tokens))) << where;
    }
  }
};

TEST_F(Int8Kernel, GivesTheBitsOfFp32WhateverTheShape) {
  const std::shared_ptr<const Device> pcm = make_device({.model = "pcm"});
  for (const auto& [out, in] : {std::pair<Index, Index>{300, 1000}, {1, 1}, {45, 130}, {17, 3}, {600, 512}, {64, 61}}) {
    const Case made{gaussian(out, in, 1), 512, tile_spec(), pcm};
    expect_same(made, gaussian(150, in, 2), std::to_string(out) + " x " + std::to_string(in));
  }
}

TEST_F(Int8Kernel, GivesTheBitsOfFp32WhateverTheConverters) {
  // 6 bits and out_bound 3: much saturates; 12 bits: fp64 quotients; 10.7: a divisor that is no integer.
  for (const auto& [bits, bound] : {std::pair{6, 3.0}, {8, 14.0}, {8, 10.7}, {12, 20.0}, {16, 1024.0}}) {
    Case made{gaussian(90, 700, 4), 256, tile_spec(bits, bound), nullptr};
    expect_same(made, gaussian(70, 700, 5), std::to_string(bits) + " bits");
    made.effects = Effects::all().without(Effect::output_rounding).without(Effect::output_clipping);
    expect_same(made, gaussian(70, 700, 5), "no ADC");
  }
}

TEST_F(Int8Kernel, HoldsTheExtremesOfCodesAndSums) {
  // Rows of equal signs bring every sum to the edge of 2^24, at both ends; zero channels and inputs in between.
  Case made{Matrix::Ones(70, 512), 512, tile_spec(16, 1024), nullptr};
  made.weights.row(5).setConstant(-1);
  made.weights.row(6).setZero();
  for (Index i = 0; i < 512; ++i) made.weights(7, i) = i % 2 == 0 ? 1.0F : -0.5F;  // codes 256 and -128
  Matrix x = Matrix::Constant(70, 512, 2);
  x.row(1).setConstant(-2);
  x.row(2).setZero();
  x.row(3).setConstant(100);  // beyond the range
  x(4, 9) = -1.9F;
  expect_same(made, x, "512 rows");
  EXPECT_TRUE(forward(*made.linear(CrossbarKernel::int8), x).y.row(2).isZero(0));
  made.weights = Matrix::Ones(70, 1500);  // more than 2^24: chunks
  made.weights.row(5).setConstant(-1);
  made.rows = 1500;
  expect_same(made, Matrix::Constant(70, 1500, 1.99F), "1500 rows");
}

TEST_F(Int8Kernel, DoesNotDependOnThreads) {
  const Case made{gaussian(700, 1100, 6), 512, tile_spec(), make_device({.model = "pcm"})};
  const Matrix x = gaussian(200, 1100, 7);
  set_thread_count(1);
  const auto one = made.linear(CrossbarKernel::int8);
  const Matrix expected = forward(*one, x).y;
  set_thread_count(3);
  EXPECT_TRUE(same_bits(forward(*one, x).y, expected));
  EXPECT_TRUE(same_bits(forward(*made.linear(CrossbarKernel::int8), x).y, expected));
  set_thread_count(0);
}

TEST_F(Int8Kernel, BrokenInputsAreSeenAsInTheOtherKernels) {
  Case made{gaussian(40, 600, 8), 300, tile_spec(), nullptr};
  for (const InputRangeMode range : {InputRangeMode::static_range, InputRangeMode::dynamic_range}) {
    made.spec.input.range = range;
    Matrix x = gaussian(5, 600, 9);
    x(1, 7) = std::numeric_limits<float>::quiet_NaN();
    x(3, 400) = std::numeric_limits<float>::infinity();
    const Matrix y = forward(*made.linear(CrossbarKernel::int8), x).y,
                 z = forward(*made.linear(CrossbarKernel::fp32), x).y;
    for (Index t = 0; t < 5; ++t) {
      EXPECT_EQ(y.row(t).array().isNaN().any(), z.row(t).array().isNaN().any()) << t;
      EXPECT_EQ(y.row(t).array().isNaN().all(), z.row(t).array().isNaN().all()) << t;
    }
    EXPECT_TRUE(std::isnan(y(1, 0)));
    EXPECT_FALSE(std::isnan(y(0, 0)));
  }
}

/// Cells far beyond anything an array holds.
class HugeDevice final : public Device {
 public:
  void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const override {
    std::copy(target.begin(), target.end(), held.begin());
    held[0] = 200 * request.maximum;
  }
  [[nodiscard]] std::string_view name() const override { return "huge"; }
  [[nodiscard]] bool is_random() const override { return false; }
};

TEST_F(Int8Kernel, CodesBeyondTwoPlanesFallBackToFp32) {
  const Case made{gaussian(33, 100, 10), 512, tile_spec(16, 1024), std::make_shared<HugeDevice>()};
  const auto linear = made.linear(CrossbarKernel::int8);
  EXPECT_THAT(std::string(linear->kernel()), ::testing::StartsWith("fp32 "));
  const Matrix x = gaussian(9, 100, 11);
  EXPECT_TRUE(same_bits(forward(*linear, x).y, forward(*made.linear(CrossbarKernel::fp32), x).y));
}

TEST(CrossbarKernels, AutomaticTakesInt8WhereItIsExactAndNamesWhatIsMissing) {
  const Case made{gaussian(33, 100, 12), 512, tile_spec(), nullptr};
  const std::string automatic(made.linear(CrossbarKernel::automatic)->kernel());
  EXPECT_EQ(automatic.starts_with("int8 "), has_exact_int8()) << automatic;
  if (has_exact_int8()) {
    EXPECT_THAT(automatic, ::testing::AnyOf(::testing::HasSubstr("vnni"), ::testing::HasSubstr("amx")));
  } else {
    EXPECT_THROW((void)made.linear(CrossbarKernel::int8), ConfigError);
  }
}

}  // namespace
}  // namespace aimc::tiles
