#include "sim/adapt/weight_average.h"

#include <algorithm>

namespace aimc::adapt {

WeightAverage::WeightAverage(Network& network, double decay) : decay_(decay) {
  if (!active()) return;
  for (const auto& [name, tensor] : network.parameters().all()) current_[name] = tensor;
  for (const RangeGroup& group : network.plan().groups) current_[group.linears.front() + ".input_range"] = group.range;
  for (const auto& [name, tensor] : current_) averages_[name] = tensor.detach().clone();
}

void WeightAverage::follow(std::int64_t step) {
  const at::NoGradGuard no_gradients;
  const auto n = static_cast<double>(step);
  const double decay = std::min(decay_, (1 + n) / (10 + n));
  for (auto& [name, average] : averages_) average.lerp_(current_.at(name), 1 - decay);
}

void WeightAverage::begin() {
  const at::NoGradGuard no_gradients;
  for (auto& [name, average] : averages_) average.copy_(current_.at(name));
}

void WeightAverage::exchange() {
  const at::NoGradGuard no_gradients;
  for (auto& [name, average] : averages_) {
    at::Tensor& current = current_.at(name);
    const at::Tensor kept = current.clone();
    current.copy_(average);
    average.copy_(kept);
  }
}

}  // namespace aimc::adapt
