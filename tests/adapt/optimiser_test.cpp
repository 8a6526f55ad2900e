#include <gtest/gtest.h>

#include "sim/adapt/optimiser.h"
#include "sim/adapt/orthogonalise.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

struct Trained {
  workloads::Model model = test::tiny_model(8);
  AdaptSpec spec;
  Network network;
  explicit Trained(OptimiserKind kind)
      : network(model.graph, Parameters::drawn(model, 0.3, RandomKey(3), at::kCPU),
                plain_linears(model.graph, Precision::fp32)) {
    spec.optimiser.kind = kind;
    network.parameters().require_gradients();
  }
};

TEST(Optimiser, FirstAdamWStepIsTheRateAgainstTheSign) {
  // With bias correction the first step is rate x g / (|g| + epsilon) and the decay rate x decay x w; gains of norms
  // are not decayed.
  Trained trained(OptimiserKind::adamw);
  Optimiser optimiser(trained.network, trained.spec.optimiser, trained.spec.ranges);
  std::map<std::string, at::Tensor> before;
  for (const auto& [name, tensor] : trained.network.parameters().all()) {
    before[name] = tensor.detach().clone();
    tensor.mutable_grad() =
        test::normals(name, tensor.dim() == 2 ? tensor.size(0) : 1, tensor.size(-1)).reshape(tensor.sizes());
  }
  constexpr double rate = 0.01;
  optimiser.step(rate);
  for (const auto& [name, tensor] : trained.network.parameters().all()) {
    const double decay = tensor.dim() == 2 ? trained.spec.optimiser.weight_decay : 0;
    const at::Tensor expected = before[name] * (1 - rate * decay) - rate * tensor.grad().sign();
    EXPECT_TRUE(at::allclose(tensor, expected, 1e-4, 1e-4)) << name;
  }
}

// Ranges that are 40 times as large move 40 times as far, whatever the size of their gradients.
TEST(Optimiser, RelativeRangesMoveInProportion) {
  const workloads::Model model = test::tiny_model(8);
  AdaptSpec spec;
  spec.hardware.emplace();
  spec.ranges.rate = 2;
  spec.ranges.relative = true;
  spec.optimiser.weight_decay = 0.5;
  Network network(model.graph, Parameters::drawn(model, 0.3, RandomKey(3), at::kCPU),
                  plan_linears(model.graph, spec, at::kCPU), spec.ranges);
  network.parameters().require_gradients();
  auto& groups = network.plan().groups;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].range.fill_(g == 0 ? 0.5 : 20.0).requires_grad_(true);
    groups[g].range.mutable_grad() = at::full_like(groups[g].range, g == 0 ? 3.0 : -0.01);
  }
  Optimiser(network, spec.optimiser, spec.ranges).step(0.01);
  EXPECT_NEAR(groups[0].range[0].item<double>(), 0.5 * (1 - 0.01 - 0.02), 1e-5);
  EXPECT_NEAR(groups[1].range[0].item<double>(), 20 * (1 - 0.01 + 0.02), 1e-3);
}

TEST(Optimiser, MuonMovesLayerMatricesByOrthogonalSteps) {
  Trained trained(OptimiserKind::muon);
  trained.spec.optimiser.weight_decay = 0;
  Optimiser optimiser(trained.network, trained.spec.optimiser, trained.spec.ranges);
  const std::string name = "model.layers.0.self_attn.q_proj.weight";
  const at::Tensor& weight = trained.network.parameters().at(name);
  const at::Tensor before = weight.detach().clone();
  for (const auto& [other, tensor] : trained.network.parameters().all())
    tensor.mutable_grad() =
        test::normals(other, tensor.dim() == 2 ? tensor.size(0) : 1, tensor.size(-1)).reshape(tensor.sizes());
  optimiser.step(0.01);
  // 0.2 sqrt(8) x an orthogonal matrix: all singular values alike.
  const at::Tensor values = at::linalg_svdvals((before - weight.detach()) / (0.01 * 0.2 * std::sqrt(8.0)));
  EXPECT_GT(values.min().item<double>(), 0.5);
  EXPECT_LT(values.max().item<double>(), 1.4);
}

TEST(Optimiser, OrthogonalisedMatricesKeepTheirDirections) {
  const at::Tensor matrix = test::normals("matrix", 24, 10).unsqueeze(0);
  const at::Tensor result = orthogonalise(matrix)[0];
  const at::Tensor values = at::linalg_svdvals(result);
  EXPECT_GT(values.min().item<double>(), 0.5);
  EXPECT_LT(values.max().item<double>(), 1.4);
  const auto [u, s, v] = at::linalg_svd(matrix[0], false);
  const at::Tensor nearest = at::matmul(u, v);
  EXPECT_GT(((result * nearest).sum() / (result.norm() * nearest.norm())).item<double>(), 0.95);
}

}  // namespace
}  // namespace aimc::adapt
