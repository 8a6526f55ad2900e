#include "sim/mapping/layer_groups.h"

#include <variant>

namespace aimc::sim {
namespace {

using workloads::Graph;
using workloads::Node;

template <class Op>
bool is(const Node& node) {
  return std::holds_alternative<Op>(node.op);
}

std::vector<int> consumer_counts(const Graph& graph) {
  std::vector<int> consumers(graph.nodes.size(), 0);
  for (const Node& node : graph.nodes)
    for (const workloads::Operand& operand : node.inputs) ++consumers[operand.node];
  return consumers;
}

/// Marks the sampler and, going back, its linear and the norm before it.
std::vector<bool> find_head(const Graph& graph) {
  std::vector<bool> head(graph.nodes.size(), false);
  const std::vector<int> consumers = consumer_counts(graph);
  for (const Node& node : graph.nodes) {
    if (!is<workloads::SampleOp>(node)) continue;
    head[node.id] = true;
    const Node& linear = graph.node(node.inputs.front().node);
    if (!is<workloads::LinearOp>(linear) || consumers[linear.id] != 1) continue;
    head[linear.id] = true;
    const Node& norm = graph.node(linear.inputs.front().node);
    if (is<workloads::RmsNormOp>(norm) && consumers[norm.id] == 1) head[norm.id] = true;
  }
  return head;
}

/// First node of each layer.
std::vector<NodeId> find_layer_starts(const Graph& graph) {
  std::vector<NodeId> starts;
  NodeId candidate = 0;
  for (const Node& node : graph.nodes) {
    if (is<workloads::RmsNormOp>(node)) candidate = node.id;
    if (!is<workloads::AttentionOp>(node)) continue;
    starts.push_back(starts.empty() ? 0 : candidate);
    candidate = node.id + 1;
  }
  return starts;
}

}  // namespace

LayerGroups find_layer_groups(const Graph& graph) {
  LayerGroups groups;
  groups.sampled = find_head(graph);
  const std::vector<NodeId> starts = find_layer_starts(graph);
  const auto layers = static_cast<std::uint32_t>(std::max<std::size_t>(starts.size(), 1));
  groups.count = layers + 1;
  std::uint32_t layer = 0;
  for (const Node& node : graph.nodes) {
    while (layer + 1 < starts.size() && starts[layer + 1] <= node.id) ++layer;
    groups.group.push_back(groups.sampled[node.id] ? layers : layer);
  }
  return groups;
}

}  // namespace aimc::sim
