#include "sim/adapt/export_model.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/json/json.h"
#include "sim/adapt/tensor_files.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using workloads::ModelConfig;

bool interleaved(const ModelConfig& config) { return config.rope_layout == workloads::RopeLayout::interleaved; }

/// Rows of q_proj or k_proj from pairs (2i, 2i + 1) to pairs (i, i + head_dim / 2) of each head.
at::Tensor split_halves(const at::Tensor& weight, std::int64_t head_dim) {
  const std::int64_t heads = weight.size(0) / head_dim;
  return weight.reshape({heads, head_dim / 2, 2, weight.size(1)}).transpose(1, 2).reshape(weight.sizes());
}

NamedTensors tensors_of(const ModelConfig& config, Network& network) {
  NamedTensors tensors;
  for (const auto& [name, tensor] : network.parameters().all()) {
    const bool rotated = name.ends_with(".q_proj.weight") || name.ends_with(".k_proj.weight");
    tensors[name] = interleaved(config) && rotated ? split_halves(tensor.detach(), config.head_dim) : tensor.detach();
  }
  for (const RangeGroup& group : network.plan().groups)
    for (const std::string& linear : group.linears) tensors[linear + ".input_range"] = group.range.detach();
  return tensors;
}

Json config_of_shape(const ModelConfig& config) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"vocab_size", config.vocabulary},
          {"hidden_size", config.hidden},
          {"intermediate_size", config.intermediate},
          {"num_hidden_layers", config.layers},
          {"num_attention_heads", config.heads},
          {"num_key_value_heads", config.kv_heads},
          {"head_dim", config.head_dim},
          {"max_position_embeddings", config.context},
          {"rope_theta", config.rope_theta},
          {"rms_norm_eps", config.rms_norm_epsilon},
          {"hidden_act", "silu"},
          {"attention_bias", false},
          {"mlp_bias", false},
          {"bos_token_id", config.bos_id},
          {"eos_token_id", config.eos_id}};
}

std::string config_text(const ModelConfig& config, const fs::path& original, Network& network,
                        workloads::StoredType type) {
  const fs::path file = fs::is_directory(original) ? original / "config.json" : original;
  const bool has_one = file.extension() == ".json" && fs::exists(file);  // llama2.c has none
  Json json = has_one ? Json::parse(read_text_file(file)) : config_of_shape(config);
  json["tie_word_embeddings"] = network.parameters().tied_head();
  json["torch_dtype"] = type == workloads::StoredType::bf16 ? "bfloat16" : "float32";
  return json.dump(1) + "\n";
}

/// Tokenizer files, by the names and endings that tokenizers have.
void copy_tokenizer(const fs::path& original, const fs::path& to) {
  const fs::path folder = fs::is_directory(original) ? original : original.parent_path();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool wanted = name.starts_with("tokenizer") || name.starts_with("tok") || name == "generation_config.json" ||
                        name == "special_tokens_map.json";
    if (wanted && entry.is_regular_file() && entry.path() != original && !name.ends_with("_vectors.json"))
      write_file_atomically(to / name, read_text_file(entry.path()));
  }
}

}  // namespace

void export_model(const fs::path& directory, const ModelConfig& config, const StudentSpec& original, Network& network,
                  workloads::StoredType type) {
  const fs::path partial = directory.string() + ".partial", old = directory.string() + ".old";
  std::error_code ignored;
  try {
    fs::remove_all(partial);
    fs::create_directories(partial);
    write_file_atomically(partial / "config.json", config_text(config, original.path, network, type));
    copy_tokenizer(original.path, partial);
    write_tensors(partial / "model.safetensors", tensors_of(config, network), type);
    fs::remove_all(old);  // of a run that was killed here
    if (fs::exists(directory)) fs::rename(directory, old);
    fs::rename(partial, directory);
    fs::remove_all(old, ignored);
  } catch (const fs::filesystem_error& error) {
    fs::remove_all(partial, ignored);
    throw OutputError(fmt::format("{}: the model cannot be written there: {}", directory.string(), error.what()));
  } catch (...) {
    fs::remove_all(partial, ignored);
    throw;
  }
}

}  // namespace aimc::adapt
