#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aimc::workloads {

using NodeId = std::uint32_t;

/// A contiguous slice of the features that another node produces for a token: [offset, offset + width).
/// A fused projection (qkv_proj, gate_up_proj) is read through several operands with different offsets.
struct Operand {
  NodeId node = 0;
  std::int64_t offset = 0;
  std::int64_t width = 0;
  bool operator==(const Operand&) const = default;
};

/// Row of the embedding table [vocabulary, hidden] for the token id.
struct EmbedOp {
  std::int64_t vocabulary = 0;
};
/// x / sqrt(mean(x^2) + epsilon) * gain[hidden].
struct RmsNormOp {
  double epsilon = 1e-5;
};
/// y[out] = W[out, in] x[in] (+ bias): a static matmul, whose weights can live in crossbars.
struct LinearOp {
  std::int64_t in_features = 0;
  std::int64_t out_features = 0;
};
/// Rotary position embedding of one operand, [heads, head_dim] per token; the frequencies are in RopeSpec of the graph.
struct RopeOp {
  std::int64_t heads = 0;
  std::int64_t head_dim = 0;
};
/// Causal attention over the layer's KV cache: operands q [heads, head_dim], k and v [kv_heads, head_dim].
/// The dynamic matmuls QK^T and PV are digital. window > 0 limits the positions seen (sliding window).
struct AttentionOp {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t window = 0;
  std::uint32_t layer = 0;
};
/// silu(gate) * up; operands gate and up.
struct SwigluOp {};
/// Sum of two operands (the residual stream).
struct AddOp {};
/// Chooses the next token from the logits [vocabulary]; its one output feature is the token id.
struct SampleOp {
  std::int64_t vocabulary = 0;
};

using OpAttributes = std::variant<EmbedOp, RmsNormOp, LinearOp, RopeOp, AttentionOp, SwigluOp, AddOp, SampleOp>;

/// One operator, as it runs for one token. Named as in the checkpoint ("model.layers.3.self_attn.q_proj").
struct Node {
  NodeId id = 0;
  std::string name;
  OpAttributes op;
  std::vector<Operand> inputs;  ///< empty for embed
  std::int64_t out_features = 0;
};

/// How the two halves of a rotary pair are laid out in a head.
enum class RopeLayout : std::uint8_t {
  split_halves,  ///< (i, i + head_dim/2), Hugging Face
  interleaved    ///< (2i, 2i + 1), llama2.c
};

/// Rotary frequencies, one per pair: rotation angle = position * frequency[i] (rope scaling already applied).
struct RopeSpec {
  RopeLayout layout = RopeLayout::split_halves;
  std::vector<double> frequencies;  ///< [head_dim / 2]
};

/// What is computed for one token: operators in topological order (inputs come before their users).
/// The same graph serves prefill and decode: attention sees the positions up to its own.
struct Graph {
  std::string model_name;
  std::vector<Node> nodes;  ///< nodes[i].id == i; embed first, sample last
  RopeSpec rope;
  std::uint32_t layers = 0;
  std::int64_t hidden = 0;
  std::int64_t vocabulary = 0;
  std::int64_t context = 0;  ///< largest number of positions
  bool tied_head = false;    ///< lm_head starts from the embedding's values (untied before programming)

  [[nodiscard]] const Node& node(NodeId id) const { return nodes.at(id); }
  /// The node of that name, or nullptr.
  [[nodiscard]] const Node* find(const std::string& name) const;
};

/// Checks order, shapes and widths; throws InternalError (a graph is built by us, never by the user).
void validate(const Graph& graph);

/// "linear", "attention", ...
[[nodiscard]] std::string_view kind_name(const OpAttributes& op);

/// Multiply-accumulates of all static matmuls (linear nodes) for one token.
[[nodiscard]] std::int64_t static_macs(const Graph& graph);

}  // namespace aimc::workloads
