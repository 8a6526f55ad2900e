#include "sim/adapt/rotation/rotate_model.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/parallel/interrupt.h"
#include "sim/adapt/batches.h"
#include "sim/adapt/check_models.h"
#include "sim/adapt/export_model.h"
#include "sim/adapt/losses.h"
#include "sim/adapt/process_place.h"
#include "sim/adapt/progress_files.h"
#include "sim/adapt/rotation/cayley.h"
#include "sim/adapt/rotation/rotations.h"
#include "sim/adapt/run_folder.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

/// The quantised network in turned coordinates and the optimisers of its rotations.
class RotationLearner {
 public:
  RotationLearner(const AdaptSpec& spec, const workloads::Model& model, Parameters folded)
      : spec_(spec),
        model_(model),
        folded_(std::move(folded)),
        rotations_(draw_rotations(model, RandomKey(spec.seed).child("rotations"), at::kCPU)),
        network_(model.graph, folded_, plan_linears(model.graph, spec, at::kCPU), spec.ranges),
        rotation_(spec.rotation.value_or(RotationSpec{})),
        optimisers_(1 + rotations_.values.size(), CayleySgd(rotation_.momentum)) {}

  /// Mean language-model loss of a batch; the rotations have moved against its gradient.
  double step(const Batch& batch, std::int64_t step) {
    std::vector<at::Tensor*> matrices{&rotations_.residual};
    for (at::Tensor& matrix : rotations_.values) matrices.push_back(&matrix);
    for (at::Tensor* matrix : matrices) *matrix = matrix->detach().requires_grad_(true);
    network_.parameters() = rotated(model_.graph, folded_, rotations_);
    const at::Tensor logits = network_.logits(batch.ids, {.initialise = true});
    const LossOptions plain{.distillation = 0, .targets = static_cast<double>(batch.scored)};
    const Losses found = losses(logits, {}, batch.targets.reshape({-1}), plain);
    found.total.backward();
    const double progress = static_cast<double>(step) / static_cast<double>(spec_.steps);
    const double rate = rotation_.rate * 0.5 * (1 + std::cos(std::numbers::pi * progress));
    for (std::size_t i = 0; i < matrices.size(); ++i) {
      at::Tensor value = matrices[i]->detach();
      optimisers_[i].step(value, matrices[i]->grad(), rate);
    }
    return found.language_model;
  }

  /// The network with its weights turned and nothing learned beside them.
  Network merged() const {
    const at::NoGradGuard no_gradients;
    return {model_.graph, rotated(model_.graph, folded_, rotations_), plain_linears(model_.graph, spec_.precision)};
  }

 private:
  const AdaptSpec& spec_;
  const workloads::Model& model_;
  Parameters folded_;
  Rotations rotations_;
  Network network_;
  RotationSpec rotation_;
  std::vector<CayleySgd> optimisers_;
};

}  // namespace

/// Rotations start anew whenever they are asked for.
void rotate_model(const AdaptSpec& spec, const fs::path& out) {
  if (process_place().size > 1) throw ConfigError("rotation: one process learns rotations; start it alone");
  const auto lock = open_run_folder(out, spec.resolved_yaml);
  const workloads::Model model = workloads::open_model(spec.model.path, spec.model.format);
  const workloads::TokenFile tokens(spec.data.tokens);
  check_models(spec, model, model, tokens);
  Parameters folded = Parameters::of_model(model, at::kCPU);
  fold_gains(model.graph, folded);
  RotationLearner learner(spec, model, std::move(folded));
  Batches batches(tokens, spec.data, model.config.context, spec.seed);
  write_file_atomically(out / "adapt.yaml", spec.resolved_yaml);
  StepTable table(out / "progress.csv", "step,language_model_loss", 0);  // means since the line before
  double sum = 0;
  std::int64_t summed = 0;
  for (std::int64_t step = 0; step < spec.steps; ++step) {
    throw_if_interrupted();
    const double loss = learner.step(batches.of_step(step), step);
    if (!std::isfinite(loss))
      throw InputError(fmt::format("the loss of step {} is not finite: lower rotation.rate", step + 1));
    sum += loss;
    ++summed;
    if ((step + 1) % spec.save.log_every != 0 && step + 1 != spec.steps) continue;
    const double mean = sum / static_cast<double>(summed);
    table.add(fmt::format("{},{:.6f}", step + 1, mean));
    fmt::print(stderr, "adapt: rotations: step {} of {}: loss {:.4f} (mean of the last {})\n", step + 1, spec.steps,
               mean, summed);
    sum = 0;
    summed = 0;
  }
  Network merged = learner.merged();
  const auto type = spec.save.weights == Precision::bf16 ? workloads::StoredType::bf16 : workloads::StoredType::f32;
  export_model(out / "model", model.config, spec.model, merged, type);
}

}  // namespace aimc::adapt
