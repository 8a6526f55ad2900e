// The trainer's analog layer against tiles/crossbar, which the simulator evaluates with, and its gradients.
#include <gtest/gtest.h>

#include "sim/adapt/analog_linear.h"
#include "tests/adapt/fixture.h"
#include "tests/tiles/circuit_fixture.h"

namespace aimc::adapt {
namespace {

constexpr double out_bound = 14;

LinearNumerics analog(std::int64_t in, std::int64_t rows) {
  LinearNumerics numerics;
  std::int64_t begin = 0;
  for (const Index count : tiles::balanced_split(in, rows)) {
    numerics.tiles.push_back({begin, count});
    begin += count;
  }
  numerics.largest_input = numerics.largest_output = 127;
  numerics.out_bound = out_bound;
  return numerics;
}

Matrix matrix_of(const at::Tensor& tensor) {
  return Eigen::Map<const Matrix>(tensor.data_ptr<float>(), tensor.size(0), tensor.size(1));
}

/// Output of the layer in training, without noise.
at::Tensor trained_forward(const at::Tensor& x, const at::Tensor& w, const at::Tensor& ranges,
                           const LinearNumerics& numerics) {
  return array_product(dac(x, ranges, numerics, nullptr), w, ranges, numerics, RandomKey(1), 0);
}

// One row tile at a time, so that an output is one ADC code times a known step.
TEST(AnalogLayer, AdcCodesAreTheSimulators) {
  const std::int64_t in = 256, out = 300, tokens = 200;
  const at::Tensor x = test::normals("x", tokens, in), w = test::normals("w", out, in) * 0.05;
  const float range = 2.5F;
  const at::Tensor y = trained_forward(x, w, at::tensor({range}), analog(in, 256));

  tiles::AnalogLinearOptions options = tiles::test::circuit_options(in, 256, range);
  options.arithmetic = tiles::CrossbarArithmetic::off_grid;
  options.kernel = tiles::CrossbarKernel::fp32;
  const auto crossbar = tiles::make_analog_linear(matrix_of(w), tiles::test::circuit_spec(8, 8, out_bound), options,
                                                  nullptr, RandomKey(1));
  const Matrix expected = tiles::test::forward(*crossbar, matrix_of(x));

  const at::Tensor step = w.abs().amax(1) * (out_bound / 127 * range);
  std::int64_t different = 0, used = 0;
  for (std::int64_t t = 0; t < tokens; ++t)
    for (std::int64_t o = 0; o < out; ++o) {
      const double unit = step[o].item<double>();
      const auto mine = std::lround(y[t][o].item<double>() / unit), theirs = std::lround(expected(t, o) / unit);
      EXPECT_LE(std::abs(mine - theirs), 1);
      different += mine != theirs ? 1 : 0;
      used += theirs != 0 ? 1 : 0;
    }
  EXPECT_LE(different, tokens * out / 1000);
  EXPECT_GT(used, tokens * out / 2);  // the comparison is of more than zeros
}

TEST(AnalogLayer, RowTilesAreConvertedOneByOne) {
  const std::int64_t in = 500, out = 40, tokens = 30;
  const at::Tensor x = test::normals("x", tokens, in), w = test::normals("w", out, in);
  const at::Tensor y = trained_forward(x, w, at::tensor({2.0F, 3.0F}), analog(in, 256));
  tiles::AnalogLinearOptions options = tiles::test::circuit_options(in, 256, 2.0F);
  options.input_ranges = {2.0F, 3.0F};
  options.arithmetic = tiles::CrossbarArithmetic::off_grid;
  options.kernel = tiles::CrossbarKernel::fp32;
  const auto crossbar = tiles::make_analog_linear(matrix_of(w), tiles::test::circuit_spec(8, 8, out_bound), options,
                                                  nullptr, RandomKey(1));
  const Matrix expected = tiles::test::forward(*crossbar, matrix_of(x));
  // A code that differs by one is out_bound / 127 of a channel's full scale: 2.6 % of this spread.
  EXPECT_LT(tiles::test::relative_error(matrix_of(y), expected), 2e-3);
}

TEST(AnalogLayer, AllZeroChannelGivesZero) {
  at::Tensor w = test::normals("w", 4, 8);
  w[2].zero_();
  const at::Tensor y = trained_forward(test::normals("x", 3, 8), w, at::tensor({3.0F}), analog(8, 0));
  EXPECT_TRUE(at::equal(y.select(1, 2), at::zeros({3})));
  EXPECT_TRUE(at::isfinite(y).all().item<bool>());
}

TEST(AnalogLayer, NothingFlowsBackThroughAClippedConversion) {
  // One device at full weight with full input, out_bound 1/2: the first output is beyond it, the second (half the
  // weight of its channel's largest on this input) exactly at it, the third inside.
  LinearNumerics numerics = analog(2, 0);
  numerics.out_bound = 0.5;
  const at::Tensor codes = at::tensor({127.0F, 0.0F}).reshape({1, 2}).requires_grad_(true);
  const at::Tensor w = at::tensor({1.0F, 0.0F, 0.5F, 1.0F, 0.25F, 1.0F}).reshape({3, 2}).requires_grad_(true);
  const at::Tensor y = array_product(codes, w, at::tensor({1.0F}), numerics, RandomKey(1), 0);
  EXPECT_NEAR(y[0][0].item<float>(), 0.5F, 1e-6);
  EXPECT_NEAR(y[0][1].item<float>(), 0.5F, 1e-6);
  EXPECT_NEAR(y[0][2].item<float>(), 64 * 0.5F / 127, 1e-6);  // 127 / 2 x 0.25 / 0.5 = 63.5 rounds to the even 64
  y.sum().backward();
  EXPECT_TRUE(at::allclose(w.grad(), at::tensor({0.0F, 0.0F, 1.0F, 0.0F, 1.0F, 0.0F}).reshape({3, 2})));
  EXPECT_TRUE(at::allclose(codes.grad(), at::tensor({0.75F, 2.0F}).reshape({1, 2})));
}

TEST(AnalogLayer, GradientsWithoutConvertersAreExact) {
  LinearNumerics plain;
  plain.tiles = {{0, 5}, {5, 4}};
  const at::Tensor x = test::normals("x", 6, 9), w = test::normals("w", 7, 9), mix = test::normals("mix", 6, 7);
  const auto loss = [&](const at::Tensor& input, const at::Tensor& weight) {
    return (array_product(input, weight, at::empty({0}), plain, RandomKey(1), 0).tanh() * mix).sum();
  };
  EXPECT_LT(test::gradient_error([&](const at::Tensor& input) { return loss(input, w); }, x), 5e-3);
  EXPECT_LT(test::gradient_error([&](const at::Tensor& weight) { return loss(x, weight); }, w), 5e-3);
}

TEST(AnalogLayer, NoiseHasItsDeviationAndIsAFunctionOfItsKey) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.weight_noise = 0.03;
  const at::Tensor w = test::normals("w", 500, 64), identity = at::eye(64);
  const auto held = [&](std::uint64_t key, double noise_share) {
    return array_product(identity, w, at::empty({0}), numerics, RandomKey(key), noise_share).t();
  };
  EXPECT_TRUE(at::equal(held(1, 1), held(1, 1)));
  EXPECT_FALSE(at::equal(held(1, 1), held(2, 1)));
  EXPECT_TRUE(at::allclose(held(1, 0), w));
  EXPECT_TRUE(at::allclose((held(1, 1) + held(1, -1)) / 2, w, 1e-5, 1e-6));
  const at::Tensor relative = (held(1, 1) - w) / w.abs().amax(1, true);
  EXPECT_NEAR(relative.std().item<double>(), 0.03, 0.03 * 0.02);  // 32,000 draws: 0.4 % standard error
  EXPECT_NEAR(relative.mean().item<double>(), 0, 0.001);
}

// The noise's size follows the channel's root mean square: against differences of the loss written out anew, in which
// the drawn normals stay and their size changes with the weights.
TEST(AnalogLayer, GradientOfTheNoisesSize) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 20}, {20, 17}};
  numerics.weight_noise = 0.3;
  const at::Tensor x = test::normals("x", 6, 37), w = test::normals("w", 5, 37), mix = test::normals("mix", 6, 5);
  const at::Tensor noise =
      array_product(at::eye(37), w, at::empty({0}), numerics, RandomKey(4), 1).t().contiguous() - w;
  const auto gradient = [&](bool scales) {
    numerics.noise_scales = scales;
    const at::Tensor weight = w.detach().clone().requires_grad_(true);
    (array_product(x, weight, at::empty({0}), numerics, RandomKey(4), 1).tanh() * mix).sum().backward();
    return weight.grad().to(at::kDouble);
  };
  const at::Tensor through = gradient(true), constant = gradient(false);
  const auto loss = [&](const at::Tensor& weight, bool scales) {
    at::Tensor all = weight.to(at::kDouble);
    for (const RowTile& tile : numerics.tiles) {
      const auto part = [&](const at::Tensor& matrix) { return matrix.narrow(1, tile.begin, tile.count); };
      const at::Tensor size = part(weight).norm(2, 1, true) / part(w).norm(2, 1, true);
      part(all).add_(part(noise) * (scales ? size : at::ones_like(size)));
    }
    return (at::mm(x.to(at::kDouble), all.t()).tanh() * mix).sum().item<double>();
  };
  for (const bool scales : {true, false})
    for (int direction = 0; direction < 4; ++direction) {
      const at::Tensor step = test::normals("step " + std::to_string(direction), 5, 37);
      constexpr double h = 1e-3;
      const double numeric = (loss(w + step * h, scales) - loss(w - step * h, scales)) / (2 * h);
      const double exact = ((scales ? through : constant) * step).sum().item<double>();
      EXPECT_NEAR(exact, numeric, 5e-3 * constant.norm().item<double>());
    }
  EXPECT_GT((through - constant).norm().item<double>(), 0.05 * constant.norm().item<double>());
}

TEST(AnalogLayer, FourBitWeightsAreFifteenLevels) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 4}};
  numerics.weight_bits = 4;
  const at::Tensor w = at::tensor({0.7F, -0.25F, 0.05F, -0.32F}).reshape({1, 4});  // step 0.1
  const at::Tensor held = array_product(at::eye(4), w, at::empty({0}), numerics, RandomKey(1), 0).t();
  EXPECT_TRUE(at::allclose(held, at::tensor({0.7F, -0.2F, 0.0F, -0.3F}).reshape({1, 4}), 1e-5, 1e-6)) << held;
}

}  // namespace
}  // namespace aimc::adapt
