#include "sim/adapt/training_step.h"

#include <algorithm>
#include <cmath>

#include "base/parallel/interrupt.h"
#include "sim/adapt/clip_weights.h"
#include "sim/adapt/learning_rate.h"

namespace aimc::adapt {
namespace {

constexpr float least_range = 1e-6F;  ///< ranges stay above zero

}  // namespace

TrainingStep::TrainingStep(const AdaptSpec& spec, Network& student, Network* teacher, Optimiser& optimiser,
                           Workers& workers, const at::Device& device)
    : spec_(spec), student_(student), teacher_(teacher), optimiser_(optimiser), workers_(workers), device_(device) {
  student_.set_reduce([&workers](at::Tensor& sums) { workers.add_up(sums); });
}

bool TrainingStep::ranges_are_young() const {
  return std::ranges::any_of(student_.plan().groups, [this](const RangeGroup& group) {
    return group.forwards_seen < spec_.ranges.initial_forwards;
  });
}

/// While ranges are young, one part comes after the other and all processes share each: its inputs move the ranges that
/// the next one meets, whatever the number of processes.
std::vector<Share> TrainingStep::shares_of_step(const Batch& batch) const {
  const std::int64_t parts = spec_.data.accumulate, processes = workers_.size();
  const std::int64_t pieces = ranges_are_young() ? processes : least_pieces(parts, processes);
  return shares_of(batch, parts, pieces, workers_.rank(), processes);
}

/// What the teacher says of the batch, [positions, vocabulary]; undefined without one.
at::Tensor TrainingStep::expected(const Batch& batch) {
  if (teacher_ == nullptr) return {};
  const at::NoGradGuard no_gradients;
  return teacher_->logits(batch.ids.to(device_), {});
}

Losses TrainingStep::forward(const Batch& batch, const at::Tensor& expected, const PassOptions& options,
                             const LossOptions& of_step) {
  const at::Tensor logits = student_.logits(batch.ids.to(device_), options);
  return losses(logits, expected, batch.targets.reshape({-1}).to(device_), of_step);
}

/// Forward and backward; mirrored, once with the part's noise and once with the noise's mirror image, whose mean has
/// nothing of what the noise changes to first order. Losses are added to the report.
void TrainingStep::run_share(const Share& share, std::int64_t step, const LossOptions& of_step, StepReport& report) {
  if (share.empty) return follow(share);
  const at::Tensor teacher = expected(share.batch);
  PassOptions options{.noise_share = 1,
                      .noise = RandomKey(spec_.seed)
                                   .child("step")
                                   .child(static_cast<std::uint64_t>(step))
                                   .child(static_cast<std::uint64_t>(share.part)),
                      .dropout = spec_.dropout,
                      .first_token = share.first_token,
                      .recompute = spec_.recompute_layers,
                      .initialise = true};
  for (int pass = 0; pass < passes(); ++pass) {
    const Losses found = forward(share.batch, teacher, options, of_step);
    report.distillation += found.distillation;
    report.language_model += found.language_model;
    found.total.backward();
    options.noise_share = -1;
    options.initialise = false;  // ranges have followed these inputs already
  }
}

StepReport TrainingStep::run(const Batch& batch, std::int64_t step) {
  StepReport report;
  const LossOptions of_step{.distillation = spec_.loss.distillation,
                            .temperature = spec_.loss.temperature,
                            .tokens = static_cast<double>(batch.ids.numel() * passes()),
                            .targets = static_cast<double>(std::max<std::int64_t>(1, batch.scored) * passes())};
  optimiser_.clear_gradients();
  for (const Share& share : shares_of_step(batch)) run_share(share, step, of_step, report);
  reduce(report);
  decay_ranges();
  report.gradient_norm = scale_gradients();
  report.skipped = !std::isfinite(report.gradient_norm) || !std::isfinite(report.loss);
  if (report.skipped) return report;
  optimiser_.step(learning_rate(spec_.optimiser, spec_.steps, step));
  const at::NoGradGuard no_gradients;
  for (RangeGroup& group : student_.plan().groups) group.range.clamp_min_(least_range);
  if (spec_.analog.clip > 0) clip_weights(student_, spec_.analog.clip);
  return report;
}

/// Sums of gradients, losses and un-clipped inputs over the processes.
void TrainingStep::reduce(StepReport& report) {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> gradients = optimiser_.gradients();
  add_up(workers_, gradients);
  std::vector<double> sums{report.distillation, report.language_model, interrupt_requested() ? 1.0 : 0.0};
  for (const RangeGroup& group : student_.plan().groups)
    for (std::size_t t = 0; t < group.tiles.size(); ++t) {
      sums.push_back(static_cast<double>(group.counts.inside[t]));
      sums.push_back(static_cast<double>(group.counts.all[t]));
    }
  at::Tensor together = at::empty({std::ssize(sums)}, at::kDouble);
  std::ranges::copy(sums, together.data_ptr<double>());
  workers_.add_up(together);
  const double* value = together.data_ptr<double>();
  report.distillation = *value++;
  report.language_model = *value++;
  report.interrupted = *value++ > 0;
  report.loss = spec_.loss.distillation * report.distillation + (1 - spec_.loss.distillation) * report.language_model;
  for (RangeGroup& group : student_.plan().groups)
    for (std::size_t t = 0; t < group.tiles.size(); ++t) {
      group.counts.inside[t] = static_cast<std::int64_t>(*value++);
      group.counts.all[t] = static_cast<std::int64_t>(*value++);
    }
}

/// D.6: ranges that clip less than 1 - p_min of their inputs are pulled smaller; the fraction is that of the whole
/// step.
void TrainingStep::decay_ranges() {
  const at::NoGradGuard no_gradients;
  for (RangeGroup& group : student_.plan().groups) {
    for (std::size_t t = 0; t < group.tiles.size(); ++t) {
      const auto inside = static_cast<double>(group.counts.inside[t]), all = static_cast<double>(group.counts.all[t]);
      const auto index = static_cast<std::int64_t>(t);
      if (all > 0 && inside / all > spec_.ranges.least_inside)
        group.range.mutable_grad()[index].add_(group.range[index], spec_.ranges.decay);
      group.counts.inside[t] = group.counts.all[t] = 0;
    }
  }
}

double TrainingStep::scale_gradients() {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> gradients = optimiser_.gradients();
  at::Tensor squares = at::zeros({}, at::TensorOptions().dtype(at::kDouble).device(device_));
  for (const at::Tensor& gradient : gradients) squares += gradient.square().sum(at::kDouble);
  const double norm = std::sqrt(squares.item<double>());
  const double largest = spec_.optimiser.gradient_norm;
  if (largest > 0 && norm > largest && std::isfinite(norm))
    for (at::Tensor& gradient : gradients) gradient.mul_(largest / norm);
  return norm;
}

/// A forward pass for young ranges alone. A process whose share is empty takes part, too: the others wait for it in the
/// sums of their inputs.
void TrainingStep::follow(const Share& share) {
  if (!ranges_are_young()) return;
  const at::NoGradGuard no_gradients;
  student_.logits(share.batch.ids.to(device_),
                  {.first_token = share.first_token, .initialise = true, .own_inputs = !share.empty});
}

void TrainingStep::settle_ranges(const Batch& batch) {
  for (const Share& share : shares_of_step(batch)) follow(share);
}

StepReport TrainingStep::evaluate(const std::vector<Batch>& batches) {
  const at::NoGradGuard no_gradients;
  StepReport report;
  double tokens = 0, targets = 0;
  for (const Batch& batch : batches) {
    tokens += static_cast<double>(batch.ids.numel());
    targets += static_cast<double>(batch.scored);
  }
  const LossOptions of_all{spec_.loss.distillation, spec_.loss.temperature, tokens, std::max(1.0, targets)};
  at::Tensor sums = at::zeros({2}, at::kDouble);
  for (auto b = static_cast<std::size_t>(workers_.rank()); b < batches.size();
       b += static_cast<std::size_t>(workers_.size())) {
    const Losses found = forward(batches[b], expected(batches[b]), {}, of_all);
    sums[0] += found.distillation;
    sums[1] += found.language_model;
  }
  workers_.add_up(sums);
  report.distillation = sums[0].item<double>();
  report.language_model = sums[1].item<double>();
  report.loss = spec_.loss.distillation * report.distillation + (1 - spec_.loss.distillation) * report.language_model;
  return report;
}

}  // namespace aimc::adapt
