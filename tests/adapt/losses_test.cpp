// The losses of numerics D.1 by hand and against libtorch.
#include <gtest/gtest.h>

#include "sim/adapt/losses.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

TEST(Losses, DistillationByHand) {
  // Teacher (1/2, 1/2), student (1/4, 3/4): 1/2 ln(2) + 1/2 ln(2/3) = 0.143841; gradient p_S - p_T.
  const at::Tensor student = at::tensor({std::log(0.25F), std::log(0.75F)}).reshape({1, 2}).requires_grad_(true);
  const Losses found = losses(student, at::zeros({1, 2}), at::full({1}, no_target, at::kLong), {.tokens = 1});
  EXPECT_NEAR(found.distillation, 0.143841, 1e-6);
  found.total.backward();
  EXPECT_TRUE(at::allclose(student.grad(), at::tensor({-0.25F, 0.25F}).reshape({1, 2}), 1e-5, 1e-6));
}

TEST(Losses, AreMeansOverTheStepAndScaledByTemperature) {
  const at::Tensor student = test::normals("student", 10, 33) * 3, teacher = test::normals("teacher", 10, 33) * 3;
  const double t = 2;
  const at::Tensor expected =
      at::kl_div(at::log_softmax(student / t, 1), at::log_softmax(teacher / t, 1), at::Reduction::Sum, true) * t * t /
      20;
  const Losses found = losses(student, teacher, at::full({10}, no_target, at::kLong), {.temperature = t, .tokens = 20});
  EXPECT_NEAR(found.distillation, expected.item<double>(), 1e-5);
}

TEST(Losses, GradientsAgreeWithDifferences) {
  const at::Tensor student = test::normals("student", 5, 21), teacher = test::normals("teacher", 5, 21);
  const at::Tensor targets = at::tensor(std::vector<std::int64_t>{3, 0, no_target, 20, 7});
  for (const double share : {0.0, 0.4, 1.0}) {
    const LossOptions options{.distillation = share, .temperature = 1.5, .tokens = 5, .targets = 4};
    const double error = test::gradient_error(
        [&](const at::Tensor& logits) { return losses(logits, teacher, targets, options).total; }, student);
    EXPECT_LT(error, 5e-3) << "share " << share;
  }
}

TEST(Losses, LanguageModelLossIsTheCrossEntropyOfTheTargets) {
  const at::Tensor student = test::normals("student", 5, 21);
  const at::Tensor targets = at::tensor(std::vector<std::int64_t>{3, 0, no_target, 20, 7});
  const Losses found = losses(student, {}, targets, {.distillation = 0, .targets = 4});
  const at::Tensor expected = at::cross_entropy_loss(student, targets, {}, at::Reduction::Mean, no_target);
  EXPECT_NEAR(found.language_model, expected.item<double>(), 1e-5);
}

TEST(Losses, LargeVocabulariesAreComputedInPieces) {
  // 2^19 values at once: three pieces of 40 rows here.
  const at::Tensor student = test::normals("student", 100, 13000), teacher = test::normals("teacher", 100, 13000);
  const at::Tensor none = at::full({100}, no_target, at::kLong);
  const double whole = losses(student, teacher, none, {.tokens = 100}).distillation;
  double parts = 0;
  for (int i = 0; i < 100; ++i)
    parts +=
        losses(student.narrow(0, i, 1), teacher.narrow(0, i, 1), none.narrow(0, i, 1), {.tokens = 100}).distillation;
  EXPECT_NEAR(whole, parts, 1e-6);
}

}  // namespace
}  // namespace aimc::adapt
