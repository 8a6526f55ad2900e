#include "sim/functional/shared_tensors.h"

#include <variant>

namespace aimc::sim {

using workloads::EmbedOp;
using workloads::RmsNormOp;

SharedTensors read_shared_tensors(const workloads::Graph& graph, const workloads::WeightSource& weights) {
  SharedTensors shared;
  for (const auto& node : graph.nodes) {
    if (const auto* embed = std::get_if<EmbedOp>(&node.op)) {
      shared.embedding = {weights, node.name + ".weight", {embed->vocabulary, node.out_features}};
    } else if (std::holds_alternative<RmsNormOp>(node.op)) {
      const Matrix gain = weights.read(node.name + ".weight", 1, node.out_features);
      shared.gains[node.id].assign(gain.data(), gain.data() + gain.size());
    }
  }
  return shared;
}

}  // namespace aimc::sim
