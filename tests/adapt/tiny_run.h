#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/files/text_file.h"
#include "base/process/run_children.h"
#include "base/random/stream.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/tokens/token_file.h"

namespace aimc::adapt::test {

namespace fs = std::filesystem;

/// A folder with a tiny student (config.json, drawn weights), a token file and an ADAPT.yaml.
class TinyRun {
 public:
  TinyRun() {
    write("config.json",
          R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 40, "hidden_size": 24,
              "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 3, "num_key_value_heads": 1,
              "head_dim": 8, "max_position_embeddings": 32, "rope_theta": 10000.0, "rms_norm_eps": 1e-05,
              "hidden_act": "silu", "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 1})");
    write_tokens(40);
    write("adapt.yaml",
          "name: tiny\n"
          "model: {path: config.json, initial_deviation: 0.2}\n"
          "data: {tokens: text.tokens, sequences: 4, held_out: 0.1}\n"
          "hardware: hermes-64\n"
          "loss: {distillation: 0}\n"
          "ranges: {initial_forwards: 3, initial_deviations: 6}\n"
          "optimiser: {rate: 0.01, warm_up: 0.1}\n"
          "precision: fp32\n"
          "steps: 8\n"
          "save: {every: 4, log_every: 1}\n");
  }
  [[nodiscard]] fs::path path(const std::string& name) const { return folder_.path() / name; }
  void write(const std::string& name, const std::string& content) const { folder_.write(name, content); }
  [[nodiscard]] std::string read(const std::string& name) const { return read_text_file(path(name)); }
  void write_tokens(std::int64_t vocabulary) const {
    workloads::TokenSequences content{.vocabulary = vocabulary, .tokenizer = "", .origin = "{}", .sequences = {}};
    for (std::uint64_t s = 0; s < 30; ++s) {
      auto& ids = content.sequences.emplace_back();
      for (std::uint64_t i = 0; i < 16; ++i) ids.push_back(static_cast<std::uint32_t>((s * 3 + i * (s % 3 + 1)) % 40));
    }
    workloads::write_token_file(path("text.tokens"), content);
  }
  /// `aimcsim-adapt adapt.yaml --out OUT --threads 1 arguments`, with these variables in its environment.
  [[nodiscard]] ChildCommand command(const std::string& out, std::vector<std::string> arguments = {},
                                     const std::vector<std::string>& environment = {}) const {
    ChildCommand command{"/usr/bin/env", environment};
    for (const std::string& text : {std::string(AIMC_ADAPT_PROGRAM), path("adapt.yaml").string(), std::string("--out"),
                                    path(out).string(), std::string("--threads"), std::string("1")})
      command.arguments.push_back(text);
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    return command;
  }
  [[nodiscard]] ChildResult run(const std::string& out, std::vector<std::string> arguments = {}) const {
    return run_children({command(out, std::move(arguments))}).front();
  }

 private:
  workloads::TemporaryDirectory folder_;
};

}  // namespace aimc::adapt::test
