#pragma once
#include <map>
#include <span>
#include <vector>

#include "sim/functional/executor.h"

namespace aimc::sim {

/// What a pass works with; all references outlive it.
struct PassContext {
  const Program& program;
  const PassPlan& plan;
  const SharedTensors& shared;
  const LinearSet& linears;
  int kv_bits = 32;
};

/// One forward pass: computes the nodes in graph order and drops every value after its last reader.
class ForwardPass {
 public:
  ForwardPass(const PassContext& context, std::span<const Segment> segments, LogitsFor which, const PassRecord& record);
  /// Logits [tokens or segments, vocabulary]; the sequences have grown by their segments.
  Matrix run();
  /// What the linears did.
  [[nodiscard]] const tiles::LinearCounts& activity() const { return activity_; }

 private:
  void compute(const workloads::Node& node, const workloads::EmbedOp& op);
  /// Looks the tokens up in arrays.
  void look_up(const workloads::Node& node, const tiles::Linear& table);
  void compute(const workloads::Node& node, const workloads::RmsNormOp& op);
  void compute(const workloads::Node& node, const workloads::LinearOp& op);
  void compute(const workloads::Node& node, const workloads::RopeOp& op);
  void compute(const workloads::Node& node, const workloads::AttentionOp& op);
  void compute(const workloads::Node& node, const workloads::SwigluOp& op);
  void compute(const workloads::Node& node, const workloads::AddOp& op);
  void compute(const workloads::Node&, const workloads::SampleOp&) {}

  /// The features an operand names, for the rows the reading node computes.
  [[nodiscard]] MatrixView input(const workloads::Node& node, std::size_t index);
  /// The node's output, allocated [rows of the pass, out_features].
  Matrix& output(const workloads::Node& node);
  [[nodiscard]] bool is_sampled(NodeId node) const;
  void keep_sampled_rows(NodeId node);
  /// Names of the vectors [rows] of the node's input: sequence and position.
  [[nodiscard]] std::vector<std::uint64_t> vector_ids(NodeId node) const;
  void drop_dead_values(const workloads::Node& node);
  void count(Action action, NodeId node, std::int64_t times);
  void count_linear(NodeId node, const tiles::LinearCounts& counts);
  void count_attention(const workloads::Node& node, const workloads::AttentionOp& op, const Segment& segment);

  PassContext context_;
  std::span<const Segment> segments_;
  LogitsFor which_;
  PassRecord record_;
  std::vector<Index> begin_;    ///< [segments + 1] first row of each segment
  std::vector<Matrix> values_;  ///< [nodes] outputs that are still needed
  tiles::LinearCounts activity_;
  std::map<NodeId, Matrix> last_rows_;  ///< outputs of all-token nodes, cut to the sampled rows
};

}  // namespace aimc::sim
