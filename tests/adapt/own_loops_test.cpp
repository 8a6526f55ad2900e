// What our own loops compute on the CPU and what libtorch's operators compute on every other device, held together on
// the CPU.
#include "sim/adapt/kernels/own_loops.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random/stream.h"
#include "sim/adapt/kernels/tensor_kernels.h"
#include "sim/adapt/losses.h"
#include "sim/adapt/network.h"
#include "sim/adapt/operators.h"
#include "tests/adapt/fixture.h"
#include "tests/adapt/tiny_analog.h"

namespace aimc::adapt {
namespace {

using test::normals;

/// What f makes of both ways: the loops' result first.
template <class F>
auto both(const F& f) {
  auto loops = f();
  const OperatorsOnly operators_only;
  return std::pair(std::move(loops), f());
}

/// y = f(inputs) and the gradients of sum(y x mix).
using Inputs = std::vector<at::Tensor>;
template <class F>
Inputs with_gradients(const F& f, const Inputs& inputs) {
  Inputs leaves;
  for (const at::Tensor& input : inputs) leaves.push_back(input.detach().clone().requires_grad_(true));
  const at::Tensor y = f(leaves);
  (y * normals("mix", y.size(0), y.size(1))).sum().backward();
  Inputs found{y.detach()};
  for (const at::Tensor& leaf : leaves) found.push_back(leaf.grad());
  return found;
}

void expect_close(const Inputs& loops, const Inputs& operators) {
  ASSERT_EQ(loops.size(), operators.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const at::Tensor difference = (loops[i] - operators[i]).abs();
    EXPECT_TRUE(at::allclose(loops[i], operators[i], 1e-4, 1e-5))
        << (i == 0 ? "values" : "gradients") << " differ by " << difference.max().item<double>();
  }
}

template <class F>
void expect_same(const F& f, const Inputs& inputs) {
  const auto [loops, operators] = both([&] { return with_gradients(f, inputs); });
  expect_close(loops, operators);
}

TEST(OwnLoops, RunOnTheCpuUnlessOperatorsOnlyLives) {
  EXPECT_TRUE(runs_own_loops(at::kCPU));
  EXPECT_FALSE(runs_own_loops(at::Device(at::kCUDA, 0)));
  {
    const OperatorsOnly outer;
    {
      const OperatorsOnly inner;
    }
    EXPECT_FALSE(runs_own_loops(at::kCPU));
  }
  EXPECT_TRUE(runs_own_loops(at::kCPU));
}

// So that the tests of operators below do not hold the loops against themselves.
TEST(OwnLoops, AreOtherFunctionsThanTheOperators) {
  const BatchShape shape{2, 7};
  const at::Tensor x = normals("x", 14, 32).requires_grad_(true), gain = at::ones({32});
  const RopeTable table = rope_table({.frequencies = {1, 0.5, 0.25, 0.125}}, 7, at::kCPU);
  const workloads::AttentionOp op{.heads = 4, .kv_heads = 4, .head_dim = 8, .window = 0, .layer = 0};
  const auto names = [&] {
    const auto layout = workloads::RopeLayout::split_halves;
    std::vector<std::string> found;
    for (const at::Tensor& y :
         {rms_norm(x, gain, 1e-5), swiglu(x, x), rope(x, {.heads = 4, .head_dim = 8}, shape, layout, table),
          attention(x, x, x, op, shape, at::kFloat)})
      found.push_back(y.grad_fn()->name());
    return found;
  };
  const auto [loops, operators] = both(names);
  for (std::size_t i = 0; i < loops.size(); ++i) EXPECT_NE(loops[i], operators[i]);
}

TEST(OwnLoops, DacsAgree) {
  const at::Tensor range = at::tensor(127.0F / 64), gradient = normals("gradient", 40, 24);
  at::Tensor x = normals("x", 40, 24);
  x.narrow(0, 0, 1).copy_((at::arange(24) - 11.5) / 64);  // halfway between two codes
  x.narrow(0, 1, 1).fill_(127.0F / 64);                   // at the bounds, which count as clipped and pass gradients
  x.narrow(0, 2, 1).fill_(-127.0F / 64);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto [loops, operators] = both([&] {
      at::Tensor codes = at::empty({40, 24}, type), dx = at::empty({40, 24});
      dac_codes(x, range, 127, codes);
      const DacGradient found = dac_backward(x, gradient.to(type), range, dx);
      return std::tuple(codes, dx, found);
    });
    EXPECT_TRUE(at::equal(std::get<0>(loops), std::get<0>(operators)));
    EXPECT_TRUE(at::equal(std::get<1>(loops), std::get<1>(operators)));
    EXPECT_NEAR(std::get<2>(loops).range_sum, std::get<2>(operators).range_sum, 1e-4);
    EXPECT_EQ(std::get<2>(loops).inside, std::get<2>(operators).inside);
  }
}

TEST(OwnLoops, AdcsAgree) {
  const at::Tensor divisor = normals("divisor", 1, 24)[0].abs() + 0.2, scale = normals("scale", 1, 24)[0];
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16})
    for (const bool add : {false, true}) {
      const at::Tensor sums = (normals("sums", 40, 24) * 60).to(type);
      const auto [loops, operators] = both([&] {
        at::Tensor y = normals("before", 40, 24);
        const at::Tensor clipped = adc_codes(sums, divisor, scale, 127, add, y);
        return std::tuple(y, clipped, adc_backward(sums.to(at::kFloat), clipped, type));
      });
      EXPECT_TRUE(at::allclose(std::get<0>(loops), std::get<0>(operators), 1e-5, 1e-5));
      EXPECT_TRUE(at::equal(std::get<1>(loops), std::get<1>(operators)));
      EXPECT_GT(std::get<1>(loops).sum().item<int>(), 0);
      EXPECT_TRUE(at::equal(std::get<2>(loops), std::get<2>(operators)));
    }
}

TEST(OwnLoops, AdcsThatClipNothingMarkNothing) {
  const at::Tensor sums = normals("sums", 40, 24), one = at::ones({24});
  const auto [loops, operators] = both([&] {
    at::Tensor y = at::empty({40, 24});
    const at::Tensor clipped = adc_codes(sums, one, one, 127, false, y);
    EXPECT_FALSE(clipped.defined());
    return Inputs{y, adc_backward(sums, clipped, at::kFloat)};
  });
  expect_close(loops, operators);
  EXPECT_TRUE(at::equal(loops[1], sums));
}

TEST(OwnLoops, RoundedWeightsAndTheGradientOfNoiseAgree) {
  at::Tensor all = normals("w", 30, 48);
  all[3].zero_();  // a channel without weights
  const at::Tensor w = all.narrow(1, 16, 20);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    // Noise as A.5's: a channel without weights has none.
    const at::Tensor held = (w + normals("noise", 30, 20) * 0.05 * w.abs().amax(1, true)).to(type);
    const auto [loops, operators] = both([&] {
      const HeldWeights rounded =
          hold_weights(w, {.bits = 4, .key = RandomKey(1), .first_column = 16, .all_columns = 48}, type);
      at::Tensor gradient = normals("gradient", 30, 20);
      add_noise_gradient(w, held, gradient);
      return Inputs{rounded.largest, rounded.held, gradient};
    });
    expect_close(loops, operators);
  }
}

// Their noise is another: it has another key, and on a GPU a generator of its own, which is not tested here.
TEST(OwnLoops, NoiseOfTheOperatorsIsAShareOfTheLargestWeight) {
  const OperatorsOnly operators_only;
  const at::Tensor w = normals("w", 8, 8192);
  const auto noise = [&](double share, std::uint64_t key) {
    const HeldWeights held = hold_weights(w, {.noise = share, .key = RandomKey(key), .all_columns = 8192}, at::kFloat);
    return (held.held - w) / held.largest.unsqueeze(1);
  };
  const at::Tensor drawn = noise(0.05, 1);
  EXPECT_NEAR(drawn.mean().item<double>(), 0, 0.001);  // five standard errors
  EXPECT_NEAR(drawn.std().item<double>(), 0.05, 0.0008);
  EXPECT_TRUE(at::allclose(noise(-0.05, 1), -drawn, 1e-4, 1e-6));
  EXPECT_FALSE(at::allclose(noise(0.05, 2), drawn, 1e-2, 1e-3));
}

// Which shows that the kernels, too, are others while an OperatorsOnly lives.
TEST(OwnLoops, NoiseOfTheOperatorsIsNotThatOfTheLoops) {
  const at::Tensor w = normals("w", 8, 64);
  const auto [loops, operators] =
      both([&] { return hold_weights(w, {.noise = 0.05, .key = RandomKey(1), .all_columns = 64}, at::kFloat).held; });
  EXPECT_FALSE(at::allclose(loops, operators, 1e-2, 1e-3));
}

TEST(OwnLoops, DigitalOperatorsAgree) {
  const BatchShape shape{2, 7};
  const at::Tensor x = normals("x", 14, 32), y = normals("y", 14, 32);
  expect_same([](const Inputs& in) { return rms_norm(in[0], in[1], 1e-5); }, {x, normals("gain", 1, 32)[0]});
  expect_same([](const Inputs& in) { return swiglu(in[0], in[1]); }, {x, y});
  const RopeTable table = rope_table({.frequencies = {1, 0.5, 0.25, 0.125}}, 7, at::kCPU);
  for (const auto layout : {workloads::RopeLayout::split_halves, workloads::RopeLayout::interleaved})
    expect_same([&](const Inputs& in) { return rope(in[0], {.heads = 4, .head_dim = 8}, shape, layout, table); }, {x});
}

TEST(OwnLoops, AttentionAgrees) {
  for (const BatchShape shape : {BatchShape{2, 7}, BatchShape{1, 131}})  // of one block and of two
    for (const int window : {0, 3}) {
      const std::int64_t tokens = shape.tokens();
      const workloads::AttentionOp op{.heads = 4, .kv_heads = 2, .head_dim = 8, .window = window, .layer = 0};
      expect_same([&](const Inputs& in) { return attention(in[0], in[1], in[2], op, shape, at::kFloat); },
                  {normals("q", tokens, 32), normals("k", tokens, 16), normals("v", tokens, 16)});
    }
}

// Both round what they multiply to bf16, 1/256 of it at most, but not all in the same places: scores and the gradients
// of probabilities once each.
TEST(OwnLoops, AttentionInBf16Agrees) {
  const BatchShape shape{1, 131};
  const workloads::AttentionOp op{.heads = 4, .kv_heads = 2, .head_dim = 8, .window = 0, .layer = 0};
  const Inputs inputs{normals("q", 131, 32), normals("k", 131, 16), normals("v", 131, 16)};
  const auto in_type = [&](at::ScalarType type) {
    return both([&] {
      return with_gradients([&](const Inputs& in) { return attention(in[0], in[1], in[2], op, shape, type); }, inputs);
    });
  };
  const auto [loops, operators] = in_type(at::kBFloat16);
  const Inputs exact = in_type(at::kFloat).first;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const double norm = exact[i].norm().item<double>();
    EXPECT_LT((loops[i] - operators[i]).norm().item<double>(), 0.01 * norm) << i;
    EXPECT_LT((loops[i] - exact[i]).norm().item<double>(), 0.01 * norm) << i;
    EXPECT_GT((loops[i] - exact[i]).norm().item<double>(), 1e-4 * norm) << i;  // it is bf16
  }
}

TEST(OwnLoops, LossesAgree) {
  const at::Tensor teacher = normals("teacher", 5, 21);
  const at::Tensor targets = at::tensor(std::vector<std::int64_t>{3, 0, no_target, 20, 7});
  for (const double temperature : {1.0, 1.5})
    for (const double share : {0.4, 1.0}) {
      const LossOptions options{.distillation = share, .temperature = temperature, .tokens = 5, .targets = 4};
      const auto loss = [&](const Inputs& in) {
        return losses(in[0], teacher, targets, options).total.reshape({1, 1});
      };
      expect_same(loss, {normals("student", 5, 21)});
    }
}

// The whole network with its converters. A value that falls on the other side of a rounding moves a few of the logits
// by one code, hence the 1 %.
TEST(OwnLoops, AnalogNetworksAgree) {
  for (const double deviations : {18.0, 2.0}) {  // wide ranges, and some that clip
    test::TinyAnalog tiny;
    tiny.spec.ranges.initial_deviations = deviations;
    const auto [loops, operators] = both([&] {
      Network network = tiny.network();
      const at::Tensor logits = network.logits(test::some_ids(2, 16), {.initialise = true});
      logits.square().sum().backward();
      Inputs found{logits.detach()};
      for (const auto& [name, tensor] : network.parameters().all()) found.push_back(tensor.grad());
      for (const RangeGroup& group : network.plan().groups) found.push_back(group.range.grad());
      return found;
    });
    ASSERT_EQ(loops.size(), operators.size());
    std::size_t flowing = 0;
    for (std::size_t i = 0; i < loops.size(); ++i) {
      const double norm = loops[i].norm().item<double>();
      EXPECT_LE((loops[i] - operators[i]).norm().item<double>(), 0.01 * norm + 1e-9) << i;
      flowing += norm > 0 ? 1 : 0;
    }
    // Where ranges clip they have gradients, too, but the head's: a smaller loss never asks for more of its inputs.
    if (deviations == 2) EXPECT_GE(flowing + 1, loops.size());
  }
}

}  // namespace
}  // namespace aimc::adapt
