#include "sim/adapt/network.h"

#include "base/check/check.h"
#include "sim/adapt/dropout.h"
#include "sim/adapt/recompute.h"

namespace aimc::adapt {

using workloads::Graph;
using workloads::Node;
using workloads::NodeId;

namespace {

/// One past the last node of the layer that node `first` belongs to ("model.layers.3."); first + 1 outside layers.
std::size_t end_of_layer(const Graph& graph, std::size_t first) {
  const std::string& name = graph.nodes[first].name;
  const std::string start = "model.layers.";
  if (!name.starts_with(start)) return first + 1;
  const std::string layer = name.substr(0, name.find('.', start.size()) + 1);
  std::size_t end = first;
  while (end < graph.nodes.size() && graph.nodes[end].name.starts_with(layer)) ++end;
  return end;
}

}  // namespace

/// The values of one forward pass.
struct Network::Pass {
  PassOptions options;
  BatchShape shape;
  at::Tensor ids;                           ///< [tokens]
  std::vector<at::Tensor> values;           ///< [nodes]
  std::map<std::size_t, at::Tensor> codes;  ///< by range group: linears that share an encoding share its tensor
  std::map<std::pair<NodeId, std::int64_t>, at::Tensor> inputs;  ///< by operand, in the type of the products
};

Network::Network(const Graph& graph, Parameters parameters, LinearPlan plan, const RangeSpec& ranges)
    : graph_(graph),
      parameters_(std::move(parameters)),
      plan_(std::move(plan)),
      ranges_(ranges),
      type_(plan_.linears.begin()->second.numerics.type) {}

at::Tensor Network::logits(const at::Tensor& ids, const PassOptions& options) {
  Pass pass{.options = options,
            .shape = {ids.size(0), ids.size(1)},
            .ids = ids.reshape({-1}),
            .values = {},
            .codes = {},
            .inputs = {}};
  pass.values.resize(graph_.nodes.size());
  if (!rope_.cosine.defined() || rope_.cosine.size(0) < pass.shape.length)
    rope_ = rope_table(graph_.rope, pass.shape.length, ids.device());
  std::size_t done = 0;
  while (done < graph_.nodes.size()) {
    const std::size_t end = end_of_layer(graph_, done);
    if (options.recompute && at::GradMode::is_enabled() && end > done + 1)
      run_again_backwards(done, end, pass);
    else
      run(done, end, pass);
    done = end;
  }
  return pass.values[graph_.nodes.back().inputs.at(0).node];
}

/// Of a layer only the residual stream goes in and out.
void Network::run_again_backwards(std::size_t first, std::size_t last, Pass& pass) {
  const NodeId stream = graph_.nodes[first].inputs.at(0).node;
  const Piece layer = [this, first, last, stream, options = pass.options, shape = pass.shape](const at::Tensor& x,
                                                                                              bool again) {
    Pass inner{.options = options, .shape = shape, .ids = {}, .values = {}, .codes = {}, .inputs = {}};
    inner.options.initialise = options.initialise && !again;
    inner.values.resize(graph_.nodes.size());
    inner.values[stream] = x;
    run(first, last, inner);
    return inner.values[last - 1];
  };
  pass.values[last - 1] = recomputed(pass.values[stream], layer);
}

void Network::run(std::size_t first, std::size_t last, Pass& pass) {
  for (std::size_t n = first; n < last; ++n) compute(graph_.nodes[n], pass);
}

void Network::compute(const Node& node, Pass& pass) {
  const auto input = [&](std::size_t index) {
    const auto& operand = node.inputs.at(index);
    const at::Tensor& value = pass.values[operand.node];
    return operand.width == value.size(1) ? value : value.narrow(1, operand.offset, operand.width);
  };
  at::Tensor& out = pass.values[node.id];
  std::visit(
      [&](const auto& op) {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, workloads::EmbedOp>) {
          out = branch(at::embedding(parameters_.at(node.name + ".weight"), pass.ids), node, pass);
        } else if constexpr (std::is_same_v<Op, workloads::RmsNormOp>) {
          out = rms_norm(input(0), parameters_.at(node.name + ".weight"), op.epsilon);
        } else if constexpr (std::is_same_v<Op, workloads::LinearOp>) {
          out = linear(node, input(0), pass);
        } else if constexpr (std::is_same_v<Op, workloads::RopeOp>) {
          out = rope(input(0), op, pass.shape, graph_.rope.layout, rope_);
        } else if constexpr (std::is_same_v<Op, workloads::AttentionOp>) {
          out = attention(input(0), input(1), input(2), op, pass.shape, type_);
        } else if constexpr (std::is_same_v<Op, workloads::SwigluOp>) {
          out = swiglu(input(0), input(1));
        } else if constexpr (std::is_same_v<Op, workloads::AddOp>) {
          out = input(0) + branch(input(1), node, pass);
        }
      },
      node.op);
}

/// Dropout on what a branch adds to the residual stream, and on the embedding.
at::Tensor Network::branch(at::Tensor x, const Node& node, const Pass& pass) const {
  if (pass.options.dropout <= 0) return x;
  return dropout(x, pass.options.dropout, pass.options.noise.child("dropout").child(node.name),
                 pass.options.first_token);
}

at::Tensor Network::linear(const Node& node, const at::Tensor& x, Pass& pass) {
  const LinearPlan::Linear& linear = plan_.linears.at(node.id);
  const at::Tensor& weight = parameters_.at(node.name + ".weight");
  const RandomKey noise = pass.options.noise.child(node.name);
  if (!linear.numerics.has_dac()) {
    const auto& operand = node.inputs.at(0);
    at::Tensor& typed = pass.inputs[{operand.node, operand.offset}];
    if (!typed.defined()) typed = x.to(linear.numerics.type);
    return array_product(typed, weight, at::empty({0}), linear.numerics, noise, pass.options.noise_share);
  }
  RangeGroup& group = plan_.groups[linear.group];
  at::Tensor& codes = pass.codes[linear.group];
  if (!codes.defined()) {
    if (pass.options.initialise && group.forwards_seen < ranges_.initial_forwards) {
      std::vector<at::Tensor> weights;
      for (const std::string& name : group.linears) weights.push_back(parameters_.at(name + ".weight"));
      const at::Tensor counted = pass.options.own_inputs ? x : x.narrow(0, 0, 0);
      initialise_ranges(group, {counted, pass.options.first_token, weights, linear.numerics}, ranges_, reduce_);
    }
    codes = dac(x.contiguous(), group.range, linear.numerics, &group.counts);
  }
  return array_product(codes, weight, group.range, linear.numerics, noise, pass.options.noise_share);
}

}  // namespace aimc::adapt
