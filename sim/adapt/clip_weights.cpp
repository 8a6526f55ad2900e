#include "sim/adapt/clip_weights.h"

namespace aimc::adapt {

void clip_weights(Network& network, double alpha) {
  const at::NoGradGuard no_gradients;
  for (const auto& [node, linear] : network.plan().linears) {
    if (!linear.clipped) continue;
    at::Tensor weight = network.parameters().at(network.graph().node(node).name + ".weight");
    const at::Tensor bound = weight.std(1, /*unbiased=*/true, /*keepdim=*/true) * alpha;
    weight.copy_(at::min(at::max(weight, -bound), bound));
  }
}

}  // namespace aimc::adapt
