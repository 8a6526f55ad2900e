#include "workloads/model/model_config.h"

#include <gmock/gmock.h>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::filesystem::path shared_configs = AIMC_SOURCE_DIR "/../shared/data/configs";

/// hardware.md 6.1: static multiply-accumulates per token, in units of 1e5 (its four decimals of G).
struct Published {
  const char* file;
  std::int64_t static_macs_1e5;
  bool tied, fused;
};
// Names the case in test lists; without it they show its bytes, addresses included.
void PrintTo(const Published& model, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << model.file;
}
class PublishedConfig : public testing::TestWithParam<Published> {};

TEST_P(PublishedConfig, StaticMacsMatch) {
  const auto path = shared_configs / GetParam().file;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here; it is not shipped with the project";
  const ModelConfig config = read_model_config(path);
  const Graph graph = build_graph(config);
  EXPECT_EQ((static_macs(graph) + 50'000) / 100'000, GetParam().static_macs_1e5);
  EXPECT_EQ(graph.tied_head, GetParam().tied);
  EXPECT_EQ(graph.find("model.layers.1.self_attn.qkv_proj") != nullptr, GetParam().fused);
  EXPECT_EQ(graph.find("model.layers.1.self_attn.q_proj") == nullptr, GetParam().fused);
}

INSTANTIATE_TEST_SUITE_P(Hardware61, PublishedConfig,
                         testing::Values(Published{"phi-3-mini-4k-instruct-config.json", 37224, false, true},
                                         Published{"Llama-3.2-1B.config.json", 12357, true, false},
                                         Published{"Llama-3.2-1B-Instruct.config.json", 12357, true, false},
                                         Published{"meta-llama-3.2-1B-Instruct.json", 12357, true, false},
                                         Published{"Llama-3.2-3B.config.json", 32126, true, false},
                                         Published{"meta-llama-3.1-8B-Instruct.json", 75047, false, false}),
                         [](const auto& info) { return "Case" + std::to_string(info.index); });

TEST(ModelConfig, OtherLlamasParse) {
  if (!std::filesystem::exists(shared_configs)) GTEST_SKIP() << shared_configs << " is not here";
  for (const char* file :
       {"SmolLM2-135M.config.json", "TinyLlama-1.1B-Chat.config.json", "meta-llama-3.1-70B-Instruct.json",
        "meta-llama-3.1-405B-Instruct.json", "meta-llama-3.2-3B-Instruct.json", "phi-3-medium-4k-instruct-config.json"})
    EXPECT_NO_THROW((void)build_graph(read_model_config(shared_configs / file))) << file;
}

TEST(ModelConfig, OtherArchitecturesAreRefused) {
  if (!std::filesystem::exists(shared_configs)) GTEST_SKIP() << shared_configs << " is not here";
  for (const char* file : {"Qwen2.5-0.5B.config.json", "mistral-7B-instruct-v0.3.json", "phi-2-config.json",
                           "phi-3-small-8k-instruct-config.json"})
    EXPECT_THAT(message_of<InputError>([&] { (void)read_model_config(shared_configs / file); }),
                AllOf(HasSubstr(file), HasSubstr("not supported"), HasSubstr("LlamaForCausalLM and Phi3ForCausalLM")));
  for (const char* file : {"phi-3-mini-128k-instruct-config.json", "phi-3-medium-128k-instruct-config.json"})
    EXPECT_THAT(message_of<InputError>([&] { (void)read_model_config(shared_configs / file); }),
                AllOf(HasSubstr(file), HasSubstr("/rope_scaling"), HasSubstr("not supported")));
}

TEST(ModelConfig, ReadsWhatTheFileSays) {
  const auto path = shared_configs / "meta-llama-3.1-8B-Instruct.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const ModelConfig c = read_model_config(path);
  EXPECT_EQ(c.name, "meta-llama-3.1-8B-Instruct");
  EXPECT_EQ(c.head_dim, 128);
  EXPECT_EQ(c.kv_heads, 8);
  EXPECT_EQ(c.context, 131072);
  EXPECT_EQ(c.bos_id, 128000);
  EXPECT_EQ(c.eos_id, 128001);
  EXPECT_EQ(c.stop_ids, (std::vector<std::int64_t>{128001, 128008, 128009}));
  EXPECT_EQ(c.sliding_window, 0);
}

const std::string tiny = R"({"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "intermediate_size": 16,
  "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 32, "rms_norm_eps": 1e-5,
  "max_position_embeddings": 64 )";

ModelConfig read(const TemporaryDirectory& directory, const std::string& more) {
  return read_model_config(directory.write("config.json", tiny + more + "}"));
}

TEST(ModelConfig, NodesAreNamedAsInTheCheckpoint) {
  const TemporaryDirectory directory;
  const Graph g = build_graph(read(directory, R"(, "head_dim": null)"));
  std::vector<std::string> names;
  for (const Node& node : g.nodes) names.push_back(node.name);
  std::vector<std::string> expected{"model.embed_tokens"};
  for (const char* layer : {"model.layers.0.", "model.layers.1."})
    for (const char* part :
         {"input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.rope_q",
          "self_attn.rope_k", "self_attn.attention", "self_attn.o_proj", "attention_residual",
          "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.swiglu", "mlp.down_proj", "mlp_residual"})
      expected.push_back(std::string(layer) + part);
  for (const char* last : {"model.norm", "lm_head", "sample"}) expected.emplace_back(last);
  EXPECT_EQ(names, expected);
}

TEST(ModelConfig, FusedProjectionsAreReadInSlices) {
  const TemporaryDirectory directory;
  const std::string phi =
      R"({"architectures": ["Phi3ForCausalLM"], "sliding_window": 7,)" + tiny.substr(tiny.find("\"hidden_size\""));
  const Graph g = build_graph(read_model_config(directory.write("config.json", phi + "}")));
  const NodeId qkv = g.find("model.layers.1.self_attn.qkv_proj")->id;
  EXPECT_EQ(g.node(qkv).out_features, 16);  // 4 + 2 + 2 heads of 2
  EXPECT_EQ(g.find("model.layers.1.self_attn.rope_q")->inputs[0], (Operand{qkv, 0, 8}));
  EXPECT_EQ(g.find("model.layers.1.self_attn.rope_k")->inputs[0], (Operand{qkv, 8, 4}));
  const Node* attention = g.find("model.layers.1.self_attn.attention");
  EXPECT_EQ(attention->inputs[2], (Operand{qkv, 12, 4}));
  EXPECT_EQ(std::get<AttentionOp>(attention->op).window, 7);
  const Node* swiglu = g.find("model.layers.1.mlp.swiglu");
  const NodeId gate_up = g.find("model.layers.1.mlp.gate_up_proj")->id;
  EXPECT_EQ(swiglu->inputs, (std::vector<Operand>{{gate_up, 0, 16}, {gate_up, 16, 16}}));
}

TEST(ModelConfig, AllComplaintsComeAtOnce) {
  const TemporaryDirectory directory;
  const std::string message = message_of<InputError>([&] {
    (void)read(directory, R"(, "attention_bias": true, "mlp_bias": true, "hidden_act": "gelu", "head_dim": 3,
                            "rope_scaling": {"rope_type": "longrope"}, "tie_word_embeddings": "yes", "eos_token_id": 32)");
  });
  for (const char* field : {"/attention_bias", "/mlp_bias", "/hidden_act", "/head_dim", "/rope_scaling", "longrope",
                            "/tie_word_embeddings", "/eos_token_id", "config.json"})
    EXPECT_THAT(message, HasSubstr(field));
}

TEST(ModelConfig, ImpossibleShapesAreRefused) {
  const TemporaryDirectory directory;
  for (const char* bad :
       {R"("hidden_size": 0)", R"("hidden_size": -8)", R"("hidden_size": 8.5)", R"("hidden_size": "8")",
        R"("hidden_size": 9)", R"("num_key_value_heads": 3)", R"("num_attention_heads": 8)",
        R"("vocab_size": 99999999999999999999)", R"("rms_norm_eps": 0)", R"("rope_theta": -1)"}) {
    std::string text = tiny + "}";
    const std::string key = std::string(bad).substr(0, std::string(bad).find(':'));
    if (const auto at = text.find(key); at != std::string::npos) text.erase(at, text.find(',', at) - at + 1);
    text.insert(1, std::string(bad) + ",");
    EXPECT_THROW((void)read_model_config(directory.write("config.json", text)), InputError) << text;
  }
  EXPECT_THAT(message_of<InputError>(
                  [&] { (void)read_model_config(directory.write("config.json", R"({"model_type": "llama"})")); }),
              AllOf(HasSubstr("'hidden_size'"), HasSubstr("'vocab_size'")));
}

TEST(ModelConfig, BrokenJsonSaysWhere) {
  const TemporaryDirectory directory;
  const auto message = [&](const std::string& text) {
    return message_of<InputError>([&] { (void)read_model_config(directory.write("config.json", text)); });
  };
  EXPECT_THAT(message("{\n \"a\": 1,\n \"b\" 2}"), HasSubstr("config.json:3:"));
  EXPECT_THAT(message(R"({"a": {"b": 1, "b": 2}})"), AllOf(HasSubstr("/a/b"), HasSubstr("twice")));
  EXPECT_THAT(message(std::string(100'000, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(message("[1]"), HasSubstr("not an object"));
  EXPECT_THAT(message_of<InputError>([&] { (void)read_model_config(directory.path() / "none.json"); }),
              HasSubstr("none.json"));
}

// Reference: transformers 4.47, _compute_llama3_parameters and the default rule, evaluated for Llama-3.2-1B (head_dim
// 64, theta 500000, factor 32, low 1, high 4, original context 8192) by an independent script.
TEST(Rope, Llama3ScalingMatchesTransformers) {
  ModelConfig config;
  config.head_dim = 64;
  config.rope_theta = 500000;
  const std::vector<double> plain = rope_frequencies(config);
  config.rope_scaling = Llama3RopeScaling{32, 1, 4, 8192};
  const std::vector<double> scaled = rope_frequencies(config);
  ASSERT_EQ(scaled.size(), 32U);
  EXPECT_NEAR(plain[1], 0.6636012376960885, 1e-12);
  EXPECT_NEAR(scaled[14] / 0.0032114459947525913, 1, 1e-6);
  EXPECT_NEAR(scaled[15] / 0.001290547928209264, 1, 1e-6);
  EXPECT_NEAR(scaled[16] / 0.00042955679655936815, 1, 1e-6);
  EXPECT_NEAR(scaled[18] / 1.9461638184831125e-05, 1, 1e-6);
  EXPECT_NEAR(scaled[31] / 9.418306725434909e-08, 1, 1e-6);
}

TEST(ModelConfig, RopeParametersOfNewerTransformers) {
  const TemporaryDirectory directory;
  const ModelConfig c =
      read(directory, R"(, "rope_parameters": {"rope_theta": 20000.0, "rope_type": "llama3", "factor": 8.0,
    "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32})");
  EXPECT_EQ(c.rope_theta, 20000);
  EXPECT_EQ(c.rope_scaling.value_or(Llama3RopeScaling{}).original_context, 32);
}

}  // namespace
}  // namespace aimc::workloads
