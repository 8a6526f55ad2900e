#include <variant>

#include "sim/functional/deploy.h"
#include "tiles/linear/float_linear.h"

namespace aimc::sim {

LinearSet build_float_linears(const Program& program, const workloads::WeightSource& weights) {
  LinearSet set;
  for (const auto& placement : program.linears) {
    const workloads::Node& node = program.graph.node(placement.linear);
    const auto& op = std::get<workloads::LinearOp>(node.op);
    set[node.id] = tiles::make_float_linear(weights.read(node.name + ".weight", op.out_features, op.in_features));
  }
  return set;
}

}  // namespace aimc::sim
