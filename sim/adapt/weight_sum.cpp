#include "sim/adapt/weight_sum.h"

#include <bit>

namespace aimc::adapt {

double weight_sum(Network& network) {
  const at::NoGradGuard no_gradients;
  at::Tensor sum = at::zeros({}, at::kDouble);
  for (const auto& [name, tensor] : network.parameters().all()) sum += tensor.sum(at::kDouble).cpu();
  for (const RangeGroup& group : network.plan().groups) sum += group.range.sum(at::kDouble).cpu();
  return sum.item<double>();
}

bool is_the_same(Workers& workers, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const at::Tensor mine =
      at::tensor({static_cast<double>(bits >> 32U), static_cast<double>(bits & 0xffffffffU)}, at::kDouble);
  at::Tensor sum = mine.clone();
  workers.add_up(sum);
  return !workers.any(!at::equal(sum, mine * workers.size()));
}

}  // namespace aimc::adapt
