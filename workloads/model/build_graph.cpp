#include "base/check/check.h"
#include "workloads/model/model_config.h"

namespace aimc::workloads {
namespace {

/// Appends nodes in the order in which a token passes them.
class GraphBuilder {
 public:
  explicit GraphBuilder(const ModelConfig& config) : config_(config) {
    graph_.model_name = config.name;
    graph_.rope = {config.rope_layout, rope_frequencies(config)};
    graph_.layers = static_cast<std::uint32_t>(config.layers);
    graph_.hidden = config.hidden;
    graph_.vocabulary = config.vocabulary;
    graph_.context = config.context;
    graph_.tied_head = config.tied_head;
  }

  Graph build() && {
    Operand stream = add("model.embed_tokens", EmbedOp{config_.vocabulary}, {}, config_.hidden);
    for (std::uint32_t layer = 0; layer < graph_.layers; ++layer) stream = decoder_layer(layer, stream);
    stream = norm("model.norm", stream);
    const Operand logits = linear("lm_head", stream, config_.vocabulary);
    add("sample", SampleOp{config_.vocabulary}, {logits}, 1);
    validate(graph_);
    return std::move(graph_);
  }

 private:
  /// Appends a node and returns its whole output.
  Operand add(std::string name, OpAttributes op, std::vector<Operand> inputs, std::int64_t out_features) {
    const auto id = static_cast<NodeId>(graph_.nodes.size());
    graph_.nodes.push_back({id, std::move(name), op, std::move(inputs), out_features});
    return {id, 0, out_features};
  }
  Operand norm(const std::string& name, Operand x) {
    return add(name, RmsNormOp{config_.rms_norm_epsilon}, {x}, x.width);
  }
  Operand linear(const std::string& name, Operand x, std::int64_t out_features) {
    return add(name, LinearOp{x.width, out_features}, {x}, out_features);
  }
  Operand rope(const std::string& name, Operand x) {
    return add(name, RopeOp{x.width / config_.head_dim, config_.head_dim}, {x}, x.width);
  }

  Operand decoder_layer(std::uint32_t layer, Operand stream) {
    const std::string prefix = fmt::format("model.layers.{}.", layer);
    const Operand attended = attention(layer, prefix + "self_attn.", norm(prefix + "input_layernorm", stream));
    stream = add(prefix + "attention_residual", AddOp{}, {stream, attended}, config_.hidden);
    const Operand fed = feed_forward(prefix + "mlp.", norm(prefix + "post_attention_layernorm", stream));
    return add(prefix + "mlp_residual", AddOp{}, {stream, fed}, config_.hidden);
  }

  Operand attention(std::uint32_t layer, const std::string& prefix, Operand x) {
    const std::int64_t q_width = config_.heads * config_.head_dim, kv_width = config_.kv_heads * config_.head_dim;
    Operand q, k, v;
    if (config_.fused_projections) {
      const NodeId fused = linear(prefix + "qkv_proj", x, q_width + 2 * kv_width).node;
      q = {fused, 0, q_width};
      k = {fused, q_width, kv_width};
      v = {fused, q_width + kv_width, kv_width};
    } else {
      q = linear(prefix + "q_proj", x, q_width);
      k = linear(prefix + "k_proj", x, kv_width);
      v = linear(prefix + "v_proj", x, kv_width);
    }
    q = rope(prefix + "rope_q", q);
    k = rope(prefix + "rope_k", k);
    const AttentionOp op{config_.heads, config_.kv_heads, config_.head_dim, config_.sliding_window, layer};
    return linear(prefix + "o_proj", add(prefix + "attention", op, {q, k, v}, q_width), config_.hidden);
  }

  Operand feed_forward(const std::string& prefix, Operand x) {
    Operand gate, up;
    if (config_.fused_projections) {
      const NodeId fused = linear(prefix + "gate_up_proj", x, 2 * config_.intermediate).node;
      gate = {fused, 0, config_.intermediate};
      up = {fused, config_.intermediate, config_.intermediate};
    } else {
      gate = linear(prefix + "gate_proj", x, config_.intermediate);
      up = linear(prefix + "up_proj", x, config_.intermediate);
    }
    const Operand product = add(prefix + "swiglu", SwigluOp{}, {gate, up}, config_.intermediate);
    return linear(prefix + "down_proj", product, config_.hidden);
  }

  const ModelConfig& config_;
  Graph graph_;
};

}  // namespace

Graph build_graph(const ModelConfig& config) { return GraphBuilder(config).build(); }

}  // namespace aimc::workloads
