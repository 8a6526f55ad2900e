#include "sim/adapt/optimiser.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>
#include <type_traits>

#include "base/check/check.h"
#include "sim/adapt/orthogonalise.h"

namespace aimc::adapt {
namespace {

using torch::optim::AdamWOptions;
using torch::optim::AdamWParamState;

/// libtorch keys its states by the tensor's address: written as text in 1.13, itself in newer versions.
template <class Key>
Key key_of(const at::Tensor& tensor) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << tensor.unsafeGetTensorImpl();
    return text.str();
  } else {
    return static_cast<Key>(tensor.unsafeGetTensorImpl());
  }
}
using StateKey = std::decay_t<decltype(std::declval<torch::optim::AdamW&>().state())>::key_type;

bool is_layer_matrix(const std::string& name, const at::Tensor& tensor) {
  return tensor.dim() == 2 && name.find(".layers.") != std::string::npos;
}

}  // namespace

Optimiser::Optimiser(Network& network, const OptimiserSpec& spec, const RangeSpec& ranges)
    : spec_(spec), range_spec_(ranges) {
  for (const auto& [name, tensor] : network.parameters().all()) {
    if (spec.kind == OptimiserKind::muon && is_layer_matrix(name, tensor))
      orthogonal_.push_back({name, tensor});
    else
      (tensor.dim() == 2 ? matrices_ : gains_).push_back({name, tensor});
  }
  for (const RangeGroup& group : network.plan().groups)
    ranges_.push_back({group.linears.front() + ".input_range", group.range});
  for (const Parameter& parameter : orthogonal_) momenta_[parameter.name] = at::zeros_like(parameter.value);

  std::vector<torch::optim::OptimizerParamGroup> groups;
  const auto add = [&](const std::vector<Parameter>& parameters, double decay) {
    std::vector<at::Tensor> values;
    for (const Parameter& parameter : parameters) values.push_back(parameter.value);
    auto options = std::make_unique<AdamWOptions>(spec.rate);
    options->betas({spec.beta1, spec.beta2}).eps(spec.epsilon).weight_decay(decay);
    groups.emplace_back(values, std::move(options));
  };
  add(matrices_, spec.weight_decay);
  add(gains_, 0);
  add(ranges_, spec.weight_decay);
  adamw_ = std::make_unique<torch::optim::AdamW>(groups, AdamWOptions(spec.rate));
}

std::vector<at::Tensor> Optimiser::gradients() const {
  std::vector<at::Tensor> gradients;
  for (const auto* parameters : {&matrices_, &gains_, &orthogonal_, &ranges_})
    for (const Parameter& parameter : *parameters) {
      at::Tensor& gradient = parameter.value.mutable_grad();
      if (!gradient.defined()) gradient = at::zeros_like(parameter.value);
      gradients.push_back(gradient);
    }
  return gradients;
}

void Optimiser::clear_gradients() {
  for (const auto* parameters : {&matrices_, &gains_, &orthogonal_, &ranges_})
    for (const Parameter& parameter : *parameters) parameter.value.mutable_grad().reset();
}

void Optimiser::step(double rate) {
  const double rates[] = {rate, rate, rate * range_spec_.rate};
  std::vector<at::Tensor> before;
  if (range_spec_.relative)
    for (const Parameter& range : ranges_) before.push_back(range.value.detach().clone());
  for (std::size_t g = 0; g < std::size(rates); ++g)
    static_cast<AdamWOptions&>(adamw_->param_groups()[g].options()).lr(rates[g]);
  adamw_->step();
  if (range_spec_.relative) step_ranges_in_proportion(before, rates[2] * spec_.weight_decay);
  if (!orthogonal_.empty()) step_muon(rate);
}

/// The steps that AdamW took from `before`, as shares of the ranges: a range of 20 moves as far as one of 1 in
/// proportion, since its direction, D.6 over the gradient's own size, has no unit. decay: what weight decay takes of
/// them, a share already.
void Optimiser::step_ranges_in_proportion(const std::vector<at::Tensor>& before, double decay) {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const at::Tensor moved = ranges_[i].value - before[i] * (1 - decay);
    ranges_[i].value.copy_(before[i] * (1 - decay + moved));
  }
}

/// Nesterov momentum whose update is made orthogonal and scaled to the size of an AdamW update (root mean square 0.2).
void Optimiser::step_muon(double rate) {
  const at::NoGradGuard no_gradients;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const Parameter*>> by_shape;
  for (const Parameter& parameter : orthogonal_)
    by_shape[{parameter.value.size(0), parameter.value.size(1)}].push_back(&parameter);
  for (const auto& [shape, parameters] : by_shape) {
    std::vector<at::Tensor> updates;
    for (const Parameter* parameter : parameters) {
      const at::Tensor& gradient = parameter->value.grad();
      at::Tensor& momentum = momenta_.at(parameter->name);
      momentum.lerp_(gradient, 1 - spec_.momentum);
      updates.push_back(gradient.lerp(momentum, spec_.momentum));
    }
    const double scale = 0.2 * std::sqrt(static_cast<double>(std::max(shape.first, shape.second)));
    const at::Tensor steps = orthogonalise(at::stack(updates));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      at::Tensor value = parameters[i]->value;
      value.mul_(1 - rate * spec_.weight_decay);
      value.add_(steps[static_cast<std::int64_t>(i)], -rate * scale);
    }
  }
}

OptimiserState Optimiser::state() const {
  OptimiserState state;
  for (const auto& [name, momentum] : momenta_) state["momentum/" + name] = momentum;
  for (const auto* parameters : {&matrices_, &gains_, &ranges_})
    for (const Parameter& parameter : *parameters) {
      const auto found = adamw_->state().find(key_of<StateKey>(parameter.value));
      if (found == adamw_->state().end()) continue;  // no step yet
      const auto& moments = static_cast<const AdamWParamState&>(*found->second);
      state["mean/" + parameter.name] = moments.exp_avg();
      state["square/" + parameter.name] = moments.exp_avg_sq();
    }
  return state;
}

void Optimiser::restore(const OptimiserState& state, std::int64_t steps) {
  const auto saved = [&](const std::string& name, const at::Tensor& like) {
    const auto found = state.find(name);
    AIMC_CHECK(found != state.end(), "no optimiser state {}", name);
    return found->second.to(like.device()).reshape(like.sizes()).clone();
  };
  for (auto& [name, momentum] : momenta_) momentum = saved("momentum/" + name, momentum);
  if (steps == 0) return;  // no step yet, no moments
  for (const auto* parameters : {&matrices_, &gains_, &ranges_})
    for (const Parameter& parameter : *parameters) {
      auto moments = std::make_unique<AdamWParamState>();
      moments->step(steps);
      moments->exp_avg(saved("mean/" + parameter.name, parameter.value));
      moments->exp_avg_sq(saved("square/" + parameter.name, parameter.value));
      adamw_->state()[key_of<StateKey>(parameter.value)] = std::move(moments);
    }
}

}  // namespace aimc::adapt
