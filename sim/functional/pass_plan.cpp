#include <numeric>
#include <variant>

#include "base/check/check.h"
#include "sim/functional/executor.h"

namespace aimc::sim {

namespace {

using workloads::LinearOp;
using workloads::Node;
using workloads::RmsNormOp;
using workloads::SampleOp;

/// Whether a node that one head node reads belongs to the head itself.
bool is_head(const Node& node, const std::vector<int>& readers) {
  return readers[node.id] == 1 &&
         (std::holds_alternative<LinearOp>(node.op) || std::holds_alternative<RmsNormOp>(node.op));
}

}  // namespace

PassPlan plan_pass(const workloads::Graph& graph) {
  AIMC_CHECK(!graph.nodes.empty() && std::holds_alternative<SampleOp>(graph.nodes.back().op),
             "the graph of {} does not end in a sampler", graph.model_name);
  PassPlan plan;
  plan.last_reader.resize(graph.nodes.size());
  std::iota(plan.last_reader.begin(), plan.last_reader.end(), NodeId{0});
  std::vector<int> readers(graph.nodes.size(), 0);
  for (const auto& node : graph.nodes) {
    for (const auto& input : node.inputs) {
      plan.last_reader[input.node] = node.id;
      ++readers[input.node];
    }
  }

  // The head: back from the sampler over the lm_head and the final norm until the residual stream begins.
  plan.sampled_only.assign(graph.nodes.size(), false);
  const Node* node = &graph.nodes.back();
  plan.logits = node->inputs.at(0).node;
  plan.sampled_only[node->id] = true;
  while (node->inputs.size() == 1 && is_head(graph.node(node->inputs[0].node), readers)) {
    node = &graph.node(node->inputs[0].node);
    plan.sampled_only[node->id] = true;
  }
  return plan;
}

}  // namespace aimc::sim
