#include "handmade_graph.h"

namespace aimc::sim {
namespace {

using namespace workloads;

class DecoderWriter {
 public:
  explicit DecoderWriter(const DecoderShape& shape) : shape_(shape) {
    graph_.model_name = "handmade";
    graph_.layers = shape.layers;
    graph_.hidden = shape.hidden;
    graph_.vocabulary = shape.vocabulary;
    graph_.context = 128;
  }

  Graph write() {
    NodeId stream = add("model.embed_tokens", EmbedOp{shape_.vocabulary}, {}, shape_.hidden);
    for (std::uint32_t layer = 0; layer < shape_.layers; ++layer) stream = write_layer(layer, stream);
    const NodeId norm = add("model.norm", RmsNormOp{}, {all(stream)}, shape_.hidden);
    const NodeId head = linear("lm_head", all(norm), shape_.vocabulary);
    add("sample", SampleOp{shape_.vocabulary}, {all(head)}, 1);
    return graph_;
  }

 private:
  NodeId add(const std::string& name, OpAttributes op, std::vector<Operand> inputs, std::int64_t out) {
    const auto id = static_cast<NodeId>(graph_.nodes.size());
    graph_.nodes.push_back({id, name, op, std::move(inputs), out});
    return id;
  }
  [[nodiscard]] Operand all(NodeId node) const { return {node, 0, graph_.nodes[node].out_features}; }
  NodeId linear(const std::string& name, Operand input, std::int64_t out) {
    return add(name, LinearOp{input.width, out}, {input}, out);
  }

  NodeId write_layer(std::uint32_t layer, NodeId stream) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    const NodeId norm = add(prefix + "input_layernorm", RmsNormOp{}, {all(stream)}, shape_.hidden);
    const NodeId attended = write_attention(prefix, layer, all(norm));
    const NodeId out = linear(prefix + "self_attn.o_proj", all(attended), shape_.hidden);
    const NodeId middle = add(prefix + "attention_add", AddOp{}, {all(stream), all(out)}, shape_.hidden);
    const NodeId post = add(prefix + "post_attention_layernorm", RmsNormOp{}, {all(middle)}, shape_.hidden);
    const NodeId active = write_gate(prefix, all(post));
    const NodeId down = linear(prefix + "mlp.down_proj", all(active), shape_.hidden);
    return add(prefix + "mlp_add", AddOp{}, {all(middle), all(down)}, shape_.hidden);
  }

  NodeId write_attention(const std::string& prefix, std::uint32_t layer, Operand input) {
    const std::int64_t q = shape_.heads * shape_.head_dim, kv = shape_.kv_heads * shape_.head_dim;
    Operand query, key, value;
    if (shape_.fused) {
      const NodeId fused = linear(prefix + "self_attn.qkv_proj", input, q + 2 * kv);
      query = {fused, 0, q};
      key = {fused, q, kv};
      value = {fused, q + kv, kv};
    } else {
      query = all(linear(prefix + "self_attn.q_proj", input, q));
      key = all(linear(prefix + "self_attn.k_proj", input, kv));
      value = all(linear(prefix + "self_attn.v_proj", input, kv));
    }
    const NodeId rope_q = add(prefix + "rope_q", RopeOp{shape_.heads, shape_.head_dim}, {query}, q);
    const NodeId rope_k = add(prefix + "rope_k", RopeOp{shape_.kv_heads, shape_.head_dim}, {key}, kv);
    const AttentionOp op{shape_.heads, shape_.kv_heads, shape_.head_dim, 0, layer};
    return add(prefix + "attention", op, {all(rope_q), all(rope_k), value}, q);
  }

  NodeId write_gate(const std::string& prefix, Operand input) {
    const std::int64_t width = shape_.intermediate;
    Operand gate, up;
    if (shape_.fused) {
      const NodeId fused = linear(prefix + "mlp.gate_up_proj", input, 2 * width);
      gate = {fused, 0, width};
      up = {fused, width, width};
    } else {
      gate = all(linear(prefix + "mlp.gate_proj", input, width));
      up = all(linear(prefix + "mlp.up_proj", input, width));
    }
    return add(prefix + "mlp.act", SwigluOp{}, {gate, up}, width);
  }

  DecoderShape shape_;
  Graph graph_;
};

}  // namespace

Graph handmade_decoder(const DecoderShape& shape) { return DecoderWriter(shape).write(); }

HardwareSpec handmade_hardware(Index rows, Index columns, std::int64_t tiles) {
  HardwareSpec hardware;
  hardware.name = "handmade";
  hardware.tile.rows = rows;
  hardware.tile.columns = columns;
  hardware.chip.tiles = tiles;
  hardware.chip.digital_units = 8;
  hardware.chip.attention_units = 2;
  return hardware;
}

}  // namespace aimc::sim
