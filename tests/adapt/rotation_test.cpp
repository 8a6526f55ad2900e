// Rotations leave what a model computes alone; their optimiser stays on the orthogonal matrices and goes downhill.
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "sim/adapt/network.h"
#include "sim/adapt/rotation/cayley.h"
#include "sim/adapt/rotation/hadamard.h"
#include "sim/adapt/rotation/rotations.h"
#include "tests/adapt/fixture.h"
#include "workloads/model/phi3_copy.h"

namespace aimc::adapt {
namespace {

TEST(Hadamard, EntriesAreEquallyLargeAndRowsOrthogonal) {
  for (const std::int64_t n : {1, 2, 12, 32, 64, 80, 192}) {
    const at::Tensor matrix = random_hadamard(n, RandomKey(1));
    EXPECT_TRUE(at::allclose(matrix.abs(), at::full({n, n}, 1 / std::sqrt(static_cast<double>(n))), 1e-5, 1e-6)) << n;
    EXPECT_TRUE(at::allclose(at::mm(matrix, matrix.t()), at::eye(n), 1e-4, 1e-5)) << n;
  }
  EXPECT_THROW(random_hadamard(7, RandomKey(1)), InputError);
}

TEST(Rotations, LeaveTheLogitsAlone) {
  const std::filesystem::path directory = std::filesystem::path(AIMC_SOURCE_DIR) / "models/storyteller";
  const auto separate = workloads::open_model(directory, workloads::ModelFormat::hugging_face);
  const auto copy = std::filesystem::path(::testing::TempDir()) / "rotations_phi3";
  std::filesystem::create_directories(copy);
  workloads::write_phi3_copy(separate, copy);
  const auto fused = workloads::open_model(copy, workloads::ModelFormat::hugging_face);
  const at::Tensor ids = (at::arange(40, at::kLong) * 37 % 1000).reshape({2, 20});
  const at::NoGradGuard no_gradients;
  for (const auto* model : {&separate, &fused}) {
    Parameters parameters = Parameters::of_model(*model, at::kCPU);
    Network original(model->graph, parameters, plain_linears(model->graph, Precision::fp32));
    const at::Tensor expected = original.logits(ids, {}).clone();
    Parameters folded = Parameters::of_model(*model, at::kCPU);
    fold_gains(model->graph, folded);
    EXPECT_FALSE(folded.tied_head());
    const Rotations drawn = draw_rotations(*model, RandomKey(2), at::kCPU);
    Network turned(model->graph, rotated(model->graph, folded, drawn), plain_linears(model->graph, Precision::fp32));
    const at::Tensor logits = turned.logits(ids, {});
    EXPECT_LT((logits - expected).abs().max().item<double>(), 2e-3);
    // It is another network inside.
    const std::string name = model->graph.find("model.layers.0.mlp.down_proj")->name + ".weight";
    EXPECT_FALSE(at::allclose(turned.parameters().at(name), parameters.at(name), 0.1, 0.1));
  }
}

TEST(CayleySgd, FindsTheNearestOrthogonalMatrixAndStaysOrthogonal) {
  // Largest trace of target^T R over orthogonal R is the sum of the target's singular values (Procrustes).
  at::Tensor target = test::normals("target", 16, 16);
  if (at::linalg_det(target).item<double>() < 0) target = target.neg();  // even order: the determinant's sign stays
  at::Tensor matrix = random_hadamard(16, RandomKey(1));
  if (at::linalg_det(target).item<double>() * at::linalg_det(matrix).item<double>() < 0) matrix[0].neg_();
  if (at::linalg_det(target).item<double>() < 0) target[0].neg_();
  CayleySgd optimiser(0.5);
  for (int step = 0; step < 400; ++step) optimiser.step(matrix, -target, 0.05);
  EXPECT_TRUE(at::allclose(at::mm(matrix, matrix.t()), at::eye(16), 1e-3, 1e-3));
  const double best = at::linalg_svdvals(target).sum().item<double>();
  EXPECT_GT((matrix * target).sum().item<double>(), 0.97 * best);
}

}  // namespace
}  // namespace aimc::adapt
