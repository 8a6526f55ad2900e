#include "sim/adapt/losses.h"

#include <algorithm>

#include "sim/adapt/kernels/operator_kernels.h"
#include "sim/adapt/kernels/own_loops.h"
#include "sim/adapt/kernels/rows_of.h"

namespace aimc::adapt {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr std::int64_t values_at_once = 1 << 19;

struct Parts {
  at::Tensor gradient;  ///< of the total, with respect to the logits
  double distillation = 0, language_model = 0;
};

/// T^2 / N sum p_T (ln p_T - ln p_S) of some rows; the gradient is T / N (p_S - p_T).
double distil(const at::Tensor& logits, const at::Tensor& teacher, const LossOptions& options, at::Tensor& gradient) {
  const double t = options.temperature;
  if (runs_own_loops(logits.device())) {
    const auto factor = static_cast<float>(options.distillation * t / options.tokens);
    return t * t / options.tokens *
           distillation(rows_of<const float>(logits), rows_of<const float>(teacher), static_cast<float>(1 / t), factor,
                        rows_of<float>(gradient));
  }
  const at::Tensor student_log = at::log_softmax(t == 1 ? logits : logits / t, 1);
  const at::Tensor teacher_log = at::log_softmax(t == 1 ? teacher : teacher / t, 1);
  const at::Tensor probability = teacher_log.exp();
  const double divergence = (probability * (teacher_log - student_log)).sum(at::kDouble).item<double>();
  gradient.add_(student_log.exp().sub_(probability), options.distillation * t / options.tokens);
  return t * t * divergence / options.tokens;
}

/// -ln p_S of the targets of some rows; the gradient is (p_S - 1 at the target) / N.
double predict(const at::Tensor& logits, const at::Tensor& targets, const LossOptions& options, at::Tensor& gradient) {
  const at::Tensor log = at::log_softmax(logits, 1);
  const at::Tensor scored = targets.ne(no_target).to(at::kFloat).unsqueeze(1);
  const at::Tensor index = targets.clamp_min(0).unsqueeze(1);
  const double sum = (log.gather(1, index) * scored).sum(at::kDouble).item<double>();
  at::Tensor step = log.exp() * scored;
  step.scatter_add_(1, index, -scored);
  gradient.add_(step, (1 - options.distillation) / options.targets);
  return -sum / options.targets;
}

Parts compute(const at::Tensor& logits, const at::Tensor& teacher, const at::Tensor& targets,
              const LossOptions& options) {
  Parts parts;
  parts.gradient = at::zeros_like(logits);
  const std::int64_t rows = logits.size(0), at_once = std::max<std::int64_t>(1, values_at_once / logits.size(1));
  for (std::int64_t first = 0; first < rows; first += at_once) {
    const std::int64_t count = std::min(at_once, rows - first);
    const at::Tensor some = logits.narrow(0, first, count);
    at::Tensor gradient = parts.gradient.narrow(0, first, count);
    if (options.distillation > 0)
      parts.distillation += distil(some, teacher.narrow(0, first, count), options, gradient);
    if (options.distillation < 1)
      parts.language_model += predict(some, targets.narrow(0, first, count), options, gradient);
  }
  return parts;
}

struct LossFunction : Function<LossFunction> {
  static Variable forward(AutogradContext* context, const Variable& logits, const Variable& gradient, double value) {
    context->save_for_backward({gradient});
    return at::scalar_tensor(value, logits.options());
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {context->get_saved_variables()[0] * gradients[0], Variable(), Variable()};
  }
};

}  // namespace

Losses losses(const at::Tensor& logits, const at::Tensor& teacher, const at::Tensor& targets,
              const LossOptions& options) {
  Parts parts;
  {
    const at::NoGradGuard no_gradients;
    parts = compute(logits, teacher, targets, options);
  }
  const double total = options.distillation * parts.distillation + (1 - options.distillation) * parts.language_model;
  return {LossFunction::apply(logits, parts.gradient, total), parts.distillation, parts.language_model};
}

}  // namespace aimc::adapt
