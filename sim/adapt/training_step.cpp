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

/// The part's rows; parts are as equal as can be. A part without any gets one row without targets, so that all
/// processes take the same steps.
TrainingStep::Share TrainingStep::share_of(const Batch& batch, std::int64_t part) const {
  const std::int64_t rows = batch.ids.size(0), parts = spec_.data.accumulate * workers_.size();
  const std::int64_t first = rows * part / parts, last = rows * (part + 1) / parts;
  if (first == last) return {{batch.ids.narrow(0, 0, 1), at::full({1, batch.ids.size(1)}, no_target, at::kLong), 0}, 0};
  return {{batch.ids.narrow(0, first, last - first), batch.targets.narrow(0, first, last - first), 0},
          first * batch.ids.size(1)};
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

/// Forward and backward of one part; mirrored, once with its noise and once with the noise's mirror image, whose mean
/// has nothing of what the noise changes to first order. Losses are added to the report.
void TrainingStep::run_part(const Share& share, std::int64_t part, std::int64_t step, const LossOptions& of_step,
                            StepReport& report) {
  const at::Tensor teacher = expected(share.batch);
  PassOptions options{.noise_share = 1,
                      .noise = RandomKey(spec_.seed)
                                   .child("step")
                                   .child(static_cast<std::uint64_t>(step))
                                   .child(static_cast<std::uint64_t>(part)),
                      .dropout = spec_.dropout,
                      .first_row = share.first_row,
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
  for (std::int64_t m = 0; m < spec_.data.accumulate; ++m)
    run_part(share_of(batch, m * workers_.size() + workers_.rank()), m, step, of_step, report);
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

void TrainingStep::settle_ranges(const Batch& batch) {
  const at::NoGradGuard no_gradients;
  for (std::int64_t m = 0; m < spec_.data.accumulate; ++m) {
    const Share share = share_of(batch, m * workers_.size() + workers_.rank());
    student_.logits(share.batch.ids.to(device_), {.first_row = share.first_row, .initialise = true});
  }
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
  for (const Batch& batch : batches) {
    const Losses found = forward(batch, expected(batch), {}, of_all);
    report.distillation += found.distillation;
    report.language_model += found.language_model;
  }
  report.loss = spec_.loss.distillation * report.distillation + (1 - spec_.loss.distillation) * report.language_model;
  return report;
}

}  // namespace aimc::adapt
