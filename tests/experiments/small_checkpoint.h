#pragma once
#include <fstream>
#include <map>
#include <string>

#include "base/tensor/matrix.h"
#include "tests/base/temporary_directory.h"
#include "tests/functional/tiny_model.h"
#include "workloads/model/safetensors_writer.h"

namespace aimc::test {

/// Writes a random Hugging Face model of two layers, 24 tokens and a context of 16: BOS is 1, EOS 2.
inline void write_small_checkpoint(const std::filesystem::path& folder, std::uint64_t seed = 1) {
  std::filesystem::create_directories(folder);
  put(folder / "config.json", R"({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 24,
    "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 4, "max_position_embeddings": 16, "rope_theta": 10000.0,
    "rms_norm_eps": 1e-05, "hidden_act": "silu", "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2})");
  const auto config = workloads::read_model_config(folder / "config.json");
  const RandomWeights weights(seed);
  std::vector<workloads::NamedTensor> tensors;
  const auto add = [&](const std::string& name, Index rows, Index columns) {
    Matrix values(rows, columns);
    weights.read_rows(name, {rows, columns}, 0, values);
    tensors.push_back({.name = name, .values = values, .is_vector = rows == 1});
  };
  for (const auto& node : workloads::build_graph(config).nodes) {
    const std::string name = node.name + ".weight";
    if (const auto* embed = std::get_if<workloads::EmbedOp>(&node.op)) add(name, embed->vocabulary, config.hidden);
    if (const auto* linear = std::get_if<workloads::LinearOp>(&node.op))
      add(name, linear->out_features, linear->in_features);
    if (std::holds_alternative<workloads::RmsNormOp>(node.op)) add(name, 1, config.hidden);
  }
  workloads::write_safetensors(folder / "model.safetensors", tensors);
}

}  // namespace aimc::test
