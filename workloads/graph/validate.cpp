#include <unordered_set>

#include "base/check/check.h"
#include "workloads/graph/graph.h"

namespace aimc::workloads {
namespace {

/// Checks one node against the graph; the visitor of its attributes.
class NodeRules {
 public:
  NodeRules(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  void operator()(const EmbedOp& op) const {
    inputs({});
    output(graph_.hidden);
    AIMC_CHECK(op.vocabulary == graph_.vocabulary, "{}: vocabulary {} differs from the graph's {}", node_.name,
               op.vocabulary, graph_.vocabulary);
  }
  void operator()(const RmsNormOp& op) const {
    inputs({node_.out_features});
    AIMC_CHECK(op.epsilon > 0, "{}: epsilon {}", node_.name, op.epsilon);
  }
  void operator()(const LinearOp& op) const {
    inputs({op.in_features});
    output(op.out_features);
  }
  void operator()(const RopeOp& op) const {
    AIMC_CHECK(op.head_dim % 2 == 0, "{}: head_dim {} is odd", node_.name, op.head_dim);
    AIMC_CHECK(std::ssize(graph_.rope.frequencies) == op.head_dim / 2, "{}: {} frequencies for head_dim {}", node_.name,
               graph_.rope.frequencies.size(), op.head_dim);
    inputs({op.heads * op.head_dim});
    output(op.heads * op.head_dim);
  }
  void operator()(const AttentionOp& op) const {
    AIMC_CHECK(op.kv_heads > 0 && op.heads % op.kv_heads == 0, "{}: {} heads over {} KV heads", node_.name, op.heads,
               op.kv_heads);
    AIMC_CHECK(op.window >= 0 && op.layer < graph_.layers, "{}: window {}, layer {}", node_.name, op.window, op.layer);
    inputs({op.heads * op.head_dim, op.kv_heads * op.head_dim, op.kv_heads * op.head_dim});
    output(op.heads * op.head_dim);
  }
  void operator()(const SwigluOp&) const { inputs({node_.out_features, node_.out_features}); }
  void operator()(const AddOp&) const { inputs({node_.out_features, node_.out_features}); }
  void operator()(const SampleOp& op) const {
    inputs({op.vocabulary});
    output(1);
    AIMC_CHECK(op.vocabulary == graph_.vocabulary, "{}: vocabulary {} differs from the graph's {}", node_.name,
               op.vocabulary, graph_.vocabulary);
  }

 private:
  void inputs(const std::vector<std::int64_t>& widths) const {
    AIMC_CHECK(node_.inputs.size() == widths.size(), "{}: {} operands, {} expected", node_.name, node_.inputs.size(),
               widths.size());
    for (std::size_t i = 0; i < widths.size(); ++i)
      AIMC_CHECK(node_.inputs[i].width == widths[i], "{}: operand {} is {} wide, {} expected", node_.name, i,
                 node_.inputs[i].width, widths[i]);
  }
  void output(std::int64_t width) const {
    AIMC_CHECK(node_.out_features == width, "{}: {} output features, {} expected", node_.name, node_.out_features,
               width);
  }

  const Graph& graph_;
  const Node& node_;
};

void check_operands(const Graph& graph, const Node& node) {
  for (const Operand& operand : node.inputs) {
    AIMC_CHECK(operand.node < node.id, "{}: operand {} does not come before it", node.name, operand.node);
    const Node& producer = graph.nodes[operand.node];
    AIMC_CHECK(operand.offset >= 0 && operand.width > 0 && operand.width <= producer.out_features - operand.offset,
               "{}: features [{}, +{}) of {}, which has {}", node.name, operand.offset, operand.width, producer.name,
               producer.out_features);
  }
}

}  // namespace

void validate(const Graph& graph) {
  AIMC_CHECK(graph.nodes.size() >= 2, "a graph of {} nodes", graph.nodes.size());
  AIMC_CHECK(std::holds_alternative<EmbedOp>(graph.nodes.front().op), "the first node is not embed");
  AIMC_CHECK(std::holds_alternative<SampleOp>(graph.nodes.back().op), "the last node is not sample");
  AIMC_CHECK(graph.context > 0, "context {}", graph.context);
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    AIMC_CHECK(node.id == i, "{}: id {} at place {}", node.name, node.id, i);
    AIMC_CHECK(!node.name.empty() && names.insert(node.name).second, "node {}: name '{}' is empty or taken", i,
               node.name);
    AIMC_CHECK(node.out_features > 0, "{}: {} output features", node.name, node.out_features);
    check_operands(graph, node);
    std::visit(NodeRules(graph, node), node.op);
  }
}

}  // namespace aimc::workloads
