#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workloads/graph/graph.h"

namespace aimc::workloads {

enum class Architecture : std::uint8_t { llama, phi3 };

/// "llama3" rope scaling of Llama 3.1/3.2 (Hugging Face config.json, rope_scaling).
struct Llama3RopeScaling {
  double factor = 1, low_freq_factor = 1, high_freq_factor = 4;
  std::int64_t original_context = 8192;
};

/// The shape of a decoder language model, as config.json (Hugging Face) or a llama2.c header states it.
struct ModelConfig {
  std::string name;
  Architecture architecture = Architecture::llama;
  std::int64_t hidden = 0, intermediate = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, vocabulary = 0,
               context = 0;
  double rms_norm_epsilon = 1e-5;
  double rope_theta = 10000;
  std::optional<Llama3RopeScaling> rope_scaling;
  RopeLayout rope_layout = RopeLayout::split_halves;
  std::int64_t sliding_window = 0;  ///< 0: none
  bool tied_head = false;
  bool fused_projections = false;            ///< Phi-3: qkv_proj and gate_up_proj
  std::int64_t bos_id = 1, eos_id = 2;       ///< -1: the model names none
  std::vector<std::int64_t> stop_ids = {2};  ///< every id that ends a generated text, eos_id first
};

/// Reads a Hugging Face config.json. Throws InputError naming the file and field for anything missing or impossible,
/// and for architectures that are not supported (says which are).
ModelConfig read_model_config(const std::filesystem::path& config_json);

/// Rotary frequencies, one per pair of a head [head_dim / 2], in radians per position; "llama3" scaling applied.
std::vector<double> rope_frequencies(const ModelConfig& config);

/// The operators of the model for one token.
Graph build_graph(const ModelConfig& config);

}  // namespace aimc::workloads
