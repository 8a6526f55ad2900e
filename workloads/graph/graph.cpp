#include "workloads/graph/graph.h"

namespace aimc::workloads {
namespace {

struct KindName {
  std::string_view operator()(const EmbedOp&) const { return "embed"; }
  std::string_view operator()(const RmsNormOp&) const { return "rms_norm"; }
  std::string_view operator()(const LinearOp&) const { return "linear"; }
  std::string_view operator()(const RopeOp&) const { return "rope"; }
  std::string_view operator()(const AttentionOp&) const { return "attention"; }
  std::string_view operator()(const SwigluOp&) const { return "swiglu"; }
  std::string_view operator()(const AddOp&) const { return "add"; }
  std::string_view operator()(const SampleOp&) const { return "sample"; }
};

}  // namespace

const Node* Graph::find(const std::string& name) const {
  for (const Node& node : nodes)
    if (node.name == name) return &node;
  return nullptr;
}

std::string_view kind_name(const OpAttributes& op) { return std::visit(KindName{}, op); }

std::int64_t static_macs(const Graph& graph) {
  std::int64_t total = 0;
  for (const Node& node : graph.nodes)
    if (const auto* linear = std::get_if<LinearOp>(&node.op)) total += linear->in_features * linear->out_features;
  return total;
}

}  // namespace aimc::workloads
