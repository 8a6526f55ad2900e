#include "workloads/model/phi3_copy.h"

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "workloads/model/safetensors_writer.h"

namespace aimc::workloads {
namespace {

nlohmann::json phi3_config(const ModelConfig& c) {
  return {{"architectures", {"Phi3ForCausalLM"}},
          {"model_type", "phi3"},
          {"hidden_size", c.hidden},
          {"intermediate_size", c.intermediate},
          {"num_hidden_layers", c.layers},
          {"num_attention_heads", c.heads},
          {"num_key_value_heads", c.kv_heads},
          {"head_dim", c.head_dim},
          {"vocab_size", c.vocabulary},
          {"max_position_embeddings", c.context},
          {"original_max_position_embeddings", c.context},
          {"rms_norm_eps", c.rms_norm_epsilon},
          {"rope_theta", c.rope_theta},
          {"rope_scaling", nullptr},
          {"sliding_window", nullptr},
          {"tie_word_embeddings", c.tied_head},
          {"hidden_act", "silu"},
          {"bos_token_id", c.bos_id},
          {"eos_token_id", c.stop_ids}};
}

/// The matrices of several linears of the Llama graph, stacked by output row.
Matrix stacked(const Model& model, const std::string& prefix, const std::vector<std::string>& parts) {
  Matrix all;
  for (const std::string& part : parts) {
    const Node* node = model.graph.find(prefix + part);
    if (!node || !std::holds_alternative<LinearOp>(node->op))
      throw InputError(fmt::format("{}: a Phi-3 copy needs the linear layer {}{}", model.config.name, prefix, part));
    const auto& op = std::get<LinearOp>(node->op);
    all.conservativeResize(all.rows() + op.out_features, op.in_features);
    all.bottomRows(op.out_features) = model.weights->read(node->name + ".weight", op.out_features, op.in_features);
  }
  return all;
}

}  // namespace

void write_phi3_copy(const Model& model, const std::filesystem::path& directory) {
  if (!model.weights) throw InputError(fmt::format("{}: a Phi-3 copy needs weights", model.config.name));
  if (model.config.rope_layout != RopeLayout::split_halves || model.config.rope_scaling)
    throw InputError(fmt::format("{}: a Phi-3 copy needs split rotary halves without scaling", model.config.name));
  std::vector<NamedTensor> tensors;
  for (const TensorRequirement& tensor : required_tensors(model.graph)) {
    const std::string stem = tensor.name.substr(0, tensor.name.rfind('.'));  // without ".weight"
    const std::string prefix = stem.substr(0, stem.rfind('.') + 1);
    if (stem.ends_with(".q_proj")) {
      tensors.push_back({prefix + "qkv_proj.weight", stacked(model, prefix, {"q_proj", "k_proj", "v_proj"})});
    } else if (stem.ends_with(".gate_proj")) {
      tensors.push_back({prefix + "gate_up_proj.weight", stacked(model, prefix, {"gate_proj", "up_proj"})});
    } else if (!stem.ends_with(".k_proj") && !stem.ends_with(".v_proj") && !stem.ends_with(".up_proj") &&
               !(stem == "lm_head" && model.config.tied_head)) {
      tensors.push_back({tensor.name, model.weights->read(tensor.name, tensor.rows, tensor.columns), tensor.rows == 1});
    }
  }
  write_safetensors(directory / "model.safetensors", tensors);
  write_file_atomically(directory / "config.json", phi3_config(model.config).dump(2) + "\n");
}

}  // namespace aimc::workloads
