// The gradient of an input range (numerics D.6) and its initialisation (D.5), on cases worked out by hand.
#include <gtest/gtest.h>

#include "sim/adapt/analog_linear.h"
#include "sim/adapt/initial_ranges.h"
#include "sim/adapt/network.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

LinearNumerics dac_only(std::vector<RowTile> tiles) {
  LinearNumerics numerics;
  numerics.tiles = std::move(tiles);
  numerics.largest_input = 127;
  return numerics;
}

TEST(InputRange, CodesOfTheSpecification) {
  // Numerics A.3: x = [0.9, -2.0, 0.031, 1.5] with range 1.5 gives [76, -127, 3, 127].
  const at::Tensor x = at::tensor({0.9F, -2.0F, 0.031F, 1.5F}).reshape({1, 4});
  const at::Tensor codes = dac(x, at::tensor({1.5F}), dac_only({{0, 4}}), nullptr);
  EXPECT_TRUE(at::equal(codes, at::tensor({76.0F, -127.0F, 3.0F, 127.0F}).reshape({1, 4})));
}

TEST(InputRange, TiesGoToTheEvenCode) {
  // 127 x / range = 0.5, 1.5, 2.5, -0.5 with range 127.
  const at::Tensor x = at::tensor({0.5F, 1.5F, 2.5F, -0.5F}).reshape({1, 4});
  const at::Tensor codes = dac(x, at::tensor({127.0F}), dac_only({{0, 4}}), nullptr);
  EXPECT_TRUE(at::equal(codes, at::tensor({0.0F, 2.0F, 2.0F, 0.0F}).reshape({1, 4})));
}

TEST(InputRange, GradientByHand) {
  // range 2; gradient of the quantised inputs:       x:  3   2  1   -2  -3  -3
  //                                              delta: -1  -2  5    4   1  -7
  // above or at the range, negative deltas: -1 - 2 = -3; at or below its negative, positive ones: 4 + 1 = 5;
  // G = -3 - 5 = -8, and the range's gradient is 2 x -8 = -16. x passes its gradient inside and exactly at the range.
  at::Tensor x = at::tensor({3.0F, 2.0F, 1.0F, -2.0F, -3.0F, -3.0F}).reshape({1, 6}).requires_grad_(true);
  at::Tensor range = at::tensor({2.0F}).requires_grad_(true);
  InsideCounts counts{{0}, {0}};
  const at::Tensor delta = at::tensor({-1.0F, -2.0F, 5.0F, 4.0F, 1.0F, -7.0F}).reshape({1, 6});
  dac(x, range, dac_only({{0, 6}}), &counts).backward(delta);
  EXPECT_FLOAT_EQ(range.grad().item<float>(), -16);
  EXPECT_TRUE(at::equal(x.grad(), at::tensor({0.0F, -2.0F, 5.0F, 4.0F, 0.0F, 0.0F}).reshape({1, 6})));
  EXPECT_EQ(counts.inside[0], 1);
  EXPECT_EQ(counts.all[0], 6);
}

TEST(InputRange, EachRowTileHasItsOwn) {
  at::Tensor x = at::tensor({3.0F, 3.0F, 3.0F, 3.0F}).reshape({1, 4}).requires_grad_(true);
  at::Tensor range = at::tensor({1.0F, 4.0F}).requires_grad_(true);
  InsideCounts counts{{0, 0}, {0, 0}};
  dac(x, range, dac_only({{0, 1}, {1, 3}}), &counts).backward(at::tensor({-1.0F, -1.0F, -1.0F, -1.0F}).reshape({1, 4}));
  EXPECT_TRUE(at::equal(range.grad(), at::tensor({-1.0F, 0.0F})));
  EXPECT_EQ(counts.inside, (std::vector<std::int64_t>{0, 3}));
}

TEST(InputRange, BackwardInBf16IsThatOfItsValues) {
  const at::Tensor x = test::normals("x", 70, 33) * 2;
  const at::Tensor delta = test::normals("delta", 70, 33).to(at::kBFloat16);
  const auto run = [&](at::ScalarType type) {
    at::Tensor input = x.clone().requires_grad_(true), range = at::tensor({1.5F}).requires_grad_(true);
    LinearNumerics numerics = dac_only({{0, 33}});
    numerics.type = type;
    dac(input, range, numerics, nullptr).backward(delta.to(type));
    return std::pair(input.grad(), range.grad());
  };
  const auto [dx, drange] = run(at::kFloat);
  const auto [dx_bf16, drange_bf16] = run(at::kBFloat16);
  EXPECT_TRUE(at::equal(dx, dx_bf16));
  EXPECT_TRUE(at::equal(drange, drange_bf16));
}

/// First range of these inputs before identity weights, in standard deviations.
double least_error_range(const at::Tensor& x, const LinearNumerics& numerics) {
  RangeGroup group;
  group.linears = {"l"};
  group.tiles = numerics.tiles;
  group.range = at::full({1}, 3.0F);
  const RangeSpec spec{.initial = InitialRange::least_error, .initial_forwards = 1};
  const std::vector<at::Tensor> weights{at::eye(x.size(1))};
  initialise_ranges(group, {x, 0, weights, numerics}, spec, {});
  EXPECT_EQ(group.forwards_seen, 1);
  return (group.range / x.std()).item<double>();
}

TEST(InputRange, TheOneOfLeastErrorOfNormalInputsIsTheKnownOptimum) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.largest_input = 127;
  // The uniform 8-bit quantiser of a normal has its least error at 3.92 deviations (Banner et al., "Post training 4-bit
  // quantization of convolutional networks", NeurIPS 2019), of a 4-bit one at 2.55; candidates are a quarter apart.
  EXPECT_NEAR(least_error_range(test::normals("x", 512, 64), numerics), 3.92, 0.4);
  numerics.largest_input = 7;
  EXPECT_NEAR(least_error_range(test::normals("x", 512, 64), numerics), 2.55, 0.3);
}

TEST(InputRange, HeavyTailsAndACoarseAdcPullTheOneOfLeastErrorApart) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.largest_input = 127;
  const at::Tensor x = test::normals("x", 512, 64);
  at::Tensor tailed = x.clone();
  tailed.select(1, 5).mul_(20);
  EXPECT_GT(least_error_range(tailed, numerics), 1.5 * least_error_range(x, numerics));
  // One device of full scale is 1/64 of the ADC's: its steps are coarse, and a smaller range refines them.
  numerics.largest_output = 127;
  numerics.out_bound = 64;
  EXPECT_LT(least_error_range(x, numerics), 0.8 * 3.9);
}

TEST(InputRange, TokensThatRecurAtTheStrideOfASequenceAreNotAllThatIsTried) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.largest_input = 127;
  // Eight sequences of 512 tokens are more than are tried; here every 8th token is as small as a BOS may be large.
  at::Tensor x = test::normals("x", 4096, 64);
  x.slice(0, 0, 4096, 8).mul_(0.01);
  EXPECT_GT(least_error_range(x, numerics), 3);  // of small tokens alone: the smallest candidate, 2
}

TEST(InputRange, APassWithoutTokensIsNone) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.largest_input = 127;
  RangeGroup group;
  group.linears = {"l"};
  group.tiles = numerics.tiles;
  group.range = at::full({1}, 3.0F);
  const std::vector<at::Tensor> weights{at::eye(64)};
  const RangeSpec spec{.initial_forwards = 2, .initial_deviations = 6};
  initialise_ranges(group, {at::empty({0, 64}), 0, weights, numerics}, spec, {});
  EXPECT_EQ(group.forwards_seen, 0);
  const at::Tensor x = test::normals("x", 32, 64);
  initialise_ranges(group, {x, 0, weights, numerics}, spec, {});  // the first with tokens replaces the 3
  EXPECT_NEAR(group.range.item<double>(), 6 * x.std().item<double>(), 1e-3);
}

/// First range of a linear whose largest outputs are beyond its ADC's bound, as logits or as any other outputs.
double range_before_saturation(bool gives_logits) {
  LinearNumerics numerics;
  numerics.tiles = {{0, 64}};
  numerics.largest_input = numerics.largest_output = 127;
  numerics.out_bound = 3;
  RangeGroup group;
  group.linears = {"l"};
  group.tiles = numerics.tiles;
  group.gives_logits = gives_logits;
  group.range = at::full({1}, 3.0F);
  const RangeSpec spec{.initial = InitialRange::least_error, .initial_forwards = 1};
  const at::Tensor weight = test::normals("weight", 300, 64);
  // Each input is near one row of the weights, whose logit, 6, stands above the others, 0 +- 0.8.
  const at::Tensor x = weight.narrow(0, 0, 256) + 0.5 * test::normals("x", 256, 64);
  const std::vector<at::Tensor> weights{weight * (6.0 / 64)};
  initialise_ranges(group, {x, 0, weights, numerics}, spec, {});
  return group.range.item<double>();
}

TEST(InputRange, TheLikeliestLogitIsNotCutOff) {
  EXPECT_GT(range_before_saturation(true), 1.2 * range_before_saturation(false));
}

}  // namespace
}  // namespace aimc::adapt
