#include "sim/adapt/rotation/rotations.h"

#include <set>

#include "sim/adapt/rotation/hadamard.h"

namespace aimc::adapt {
namespace {

using workloads::Graph;
using workloads::Node;

std::string weight_of(const Node& node) { return node.name + ".weight"; }

template <class Op>
bool is(const Node& node) {
  return std::holds_alternative<Op>(node.op);
}

/// Rows [offset, offset + width) in heads of head_dim, each turned by R^T from the left.
at::Tensor turn_outputs(const at::Tensor& weight, std::int64_t offset, std::int64_t width, const at::Tensor& rotation) {
  const std::int64_t head_dim = rotation.size(0);
  const at::Tensor part = weight.narrow(0, offset, width);
  const at::Tensor turned =
      at::matmul(rotation.t(), part.reshape({width / head_dim, head_dim, weight.size(1)})).reshape(part.sizes());
  return at::cat(
      {weight.narrow(0, 0, offset), turned, weight.narrow(0, offset + width, weight.size(0) - offset - width)}, 0);
}

/// Columns in heads of head_dim, each turned by R from the right.
at::Tensor turn_inputs(const at::Tensor& weight, const at::Tensor& rotation) {
  const std::int64_t head_dim = rotation.size(0);
  return at::matmul(weight.reshape({weight.size(0), weight.size(1) / head_dim, head_dim}), rotation)
      .reshape(weight.sizes());
}

}  // namespace

Rotations draw_rotations(const workloads::Model& model, const RandomKey& key, const at::Device& device) {
  Rotations rotations;
  rotations.residual = random_hadamard(model.config.hidden, key.child("residual")).to(device);
  for (std::int64_t layer = 0; layer < model.config.layers; ++layer)
    rotations.values.push_back(
        random_hadamard(model.config.head_dim, key.child("values").child(static_cast<std::uint64_t>(layer)))
            .to(device));
  return rotations;
}

void fold_gains(const Graph& graph, Parameters& parameters) {
  const at::NoGradGuard no_gradients;
  parameters.untie_head();
  std::set<std::string> folded;
  for (const Node& node : graph.nodes) {
    if (!is<workloads::LinearOp>(node)) continue;
    const Node& source = graph.node(node.inputs.at(0).node);
    if (!is<workloads::RmsNormOp>(source)) continue;
    parameters.at(weight_of(node)).mul_(parameters.at(weight_of(source)));
    folded.insert(weight_of(source));
  }
  for (const std::string& gain : folded) parameters.at(gain).fill_(1);
}

Parameters rotated(const Graph& graph, const Parameters& folded, const Rotations& rotations) {
  Parameters turned = folded;
  const at::Tensor& residual = rotations.residual;
  for (const Node& node : graph.nodes) {
    if (is<workloads::EmbedOp>(node)) turned.put(weight_of(node), at::mm(folded.at(weight_of(node)), residual));
    if (is<workloads::LinearOp>(node) && is<workloads::RmsNormOp>(graph.node(node.inputs.at(0).node)))
      turned.put(weight_of(node), at::mm(folded.at(weight_of(node)), residual));
    if (is<workloads::AddOp>(node)) {  // what a branch adds to the stream
      const std::string writer = weight_of(graph.node(node.inputs.at(1).node));
      turned.put(writer, at::mm(residual.t(), folded.at(writer)));
    }
  }
  for (const Node& node : graph.nodes) {
    const auto* attention = std::get_if<workloads::AttentionOp>(&node.op);
    if (attention == nullptr) continue;
    const at::Tensor& rotation = rotations.values.at(attention->layer);
    const auto& values = node.inputs.at(2);
    const std::string value_name = weight_of(graph.node(values.node));
    turned.put(value_name, turn_outputs(turned.at(value_name), values.offset, values.width, rotation));
    for (const Node& reader : graph.nodes)
      if (is<workloads::LinearOp>(reader) && reader.inputs.at(0).node == node.id)
        turned.put(weight_of(reader), turn_inputs(turned.at(weight_of(reader)), rotation));
  }
  return turned;
}

}  // namespace aimc::adapt
