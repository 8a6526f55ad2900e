// The trainer's network against logits that were computed elsewhere, and its ways to compute less.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "sim/adapt/dropout.h"
#include "sim/adapt/network.h"
#include "tests/adapt/fixture.h"
#include "tests/adapt/tiny_analog.h"

namespace aimc::adapt {
namespace {

const std::filesystem::path storyteller = std::filesystem::path(AIMC_SOURCE_DIR) / "models/storyteller";

workloads::Model open_storyteller() { return workloads::open_model(storyteller, workloads::ModelFormat::hugging_face); }

TEST(Network, LogitsOfStorytellerAreThoseOfItsMaker) {
  const auto model = open_storyteller();
  Network network(model.graph, Parameters::of_model(model, at::kCPU), plain_linears(model.graph, Precision::fp32));
  const at::NoGradGuard no_gradients;
  for (const auto& item : read_json_file(storyteller / "logits_vectors.json")) {
    const auto ids = item.at("ids").get<std::vector<std::int64_t>>();
    const auto expected = item.at("logits").get<std::vector<double>>();
    const at::Tensor logits = network.logits(at::tensor(ids, at::kLong).unsqueeze(0), {});
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(logits[static_cast<std::int64_t>(ids.size()) - 1][static_cast<std::int64_t>(i)].item<double>(),
                  expected[i], 1e-3)
          << "token " << i;
  }
}

TEST(Network, LinearsThatReadOneVectorShareItsRange) {
  const test::TinyAnalog tiny;
  Network network = tiny.network();
  // Per layer: q/k/v, o, gate/up, down; and the head.
  ASSERT_EQ(network.plan().groups.size(), 3U * 4 + 1);
  EXPECT_EQ(network.plan().groups[0].linears.size(), 3U);
  EXPECT_EQ(network.plan().groups[0].range.numel(), 2);
  EXPECT_EQ(network.plan().groups[3].range.numel(), 3);
}

TEST(Network, FirstForwardSetsRangesToDeviationsOfTheInputs) {
  test::TinyAnalog tiny;
  tiny.spec.ranges.initial_forwards = 2;
  Network network = tiny.network();
  const PassOptions options{.initialise = true};
  // The first group reads the normed embedding: gains are one, so each row has a mean square of one.
  network.logits(test::some_ids(2, 16), options);
  const double first = network.plan().groups[0].range[0].item<double>();
  EXPECT_NEAR(first, 18, 2);
  // The second forward makes it the mean of both; the third changes nothing.
  network.logits(test::some_ids(1, 4), options);
  const double second = network.plan().groups[0].range[0].item<double>();
  EXPECT_NE(second, first);
  network.logits(test::some_ids(2, 16), options);
  EXPECT_EQ(network.plan().groups[0].range[0].item<double>(), second);
}

TEST(Network, RecomputedLayersHaveTheSameGradients) {
  const test::TinyAnalog tiny;
  const auto gradients = [&](bool recompute) {
    Network network = tiny.network();
    const PassOptions options{
        .noise_share = 1, .noise = RandomKey(5), .dropout = 0.1, .recompute = recompute, .initialise = true};
    network.logits(test::some_ids(2, 16), options).square().sum().backward();
    std::vector<at::Tensor> all;
    for (const auto& [name, tensor] : network.parameters().all()) all.push_back(tensor.grad());
    for (const RangeGroup& group : network.plan().groups) all.push_back(group.range.grad());
    return all;
  };
  const auto kept = gradients(false), again = gradients(true);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_TRUE(at::equal(kept[i], again[i])) << i;
}

TEST(Network, Bf16IsCloseToFp32) {
  test::TinyAnalog tiny;
  const at::NoGradGuard no_gradients;
  Network exact(tiny.model.graph, Parameters::drawn(tiny.model, 0.3, RandomKey(3), at::kCPU),
                plain_linears(tiny.model.graph, Precision::fp32));
  Network rounded(tiny.model.graph, Parameters::drawn(tiny.model, 0.3, RandomKey(3), at::kCPU),
                  plain_linears(tiny.model.graph, Precision::bf16));
  const at::Tensor a = exact.logits(test::some_ids(2, 16), {}), b = rounded.logits(test::some_ids(2, 16), {});
  EXPECT_FALSE(at::equal(a, b));
  EXPECT_LT(((a - b).norm() / a.norm()).item<double>(), 0.03);  // bf16 has 8 bits, some 20 roundings in a row
}

TEST(Dropout, DropsItsShareWhereverTheBatchIsCut) {
  const at::Tensor x = at::ones({400, 50});
  const at::Tensor whole = dropout(x, 0.25, RandomKey(9), 0);
  EXPECT_NEAR(whole.eq(0).to(at::kFloat).mean().item<double>(), 0.25, 0.01);
  EXPECT_FLOAT_EQ(whole.max().item<float>(), 4.0F / 3);
  EXPECT_TRUE(at::equal(whole.narrow(0, 100, 300), dropout(x.narrow(0, 0, 300), 0.25, RandomKey(9), 100)));
}

}  // namespace
}  // namespace aimc::adapt
