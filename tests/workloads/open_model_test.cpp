#include <gmock/gmock.h>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/model.h"
#include "workloads/model/phi3_copy.h"
#include "workloads/model/safetensors_writer.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string tiny_config = R"({"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "intermediate_size": 12,
  "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 10, "rms_norm_eps": 1e-5,
  "max_position_embeddings": 64, "bos_token_id": 0, "eos_token_id": [1, 2], "tie_word_embeddings": )";

/// All tensors that the tiny model needs, each filled with other numbers.
std::vector<NamedTensor> tiny_tensors(const Graph& graph) {
  std::vector<NamedTensor> tensors;
  for (const TensorRequirement& needed : required_tensors(graph)) {
    Matrix values(needed.rows, needed.columns);
    for (Index i = 0; i < values.size(); ++i)
      values.data()[i] = static_cast<float>(tensors.size()) + static_cast<float>(i) / 1024;
    tensors.push_back({needed.name, values, needed.rows == 1});
  }
  return tensors;
}

/// A directory with the tiny model; `change` may spoil its tensors.
Model open_tiny(const TemporaryDirectory& directory, bool tied, void (*change)(std::vector<NamedTensor>&) = nullptr) {
  const auto config = directory.write("config.json", tiny_config + (tied ? "true}" : "false}"));
  auto tensors = tiny_tensors(build_graph(read_model_config(config)));
  if (change) change(tensors);
  write_safetensors(directory.path() / "model.safetensors", tensors);
  return open_model(directory.path(), ModelFormat::hugging_face);
}

TEST(OpenModel, ConfigAloneHasNoWeights) {
  const TemporaryDirectory directory;
  const auto path = directory.write("tiny.json", tiny_config + "true}");
  const Model model = open_model(path, ModelFormat::hugging_face);
  EXPECT_EQ(model.weights, nullptr);
  EXPECT_EQ(model.config.name, "tiny");
  EXPECT_EQ(model.graph.nodes.size(), 19U);
}

TEST(OpenModel, TiedHeadReadsTheEmbeddingWhateverTheFileHolds) {
  const TemporaryDirectory directory;
  const Model model =
      open_tiny(directory, true);  // the file has an lm_head.weight of its own, which a tied model ignores
  EXPECT_TRUE(model.graph.tied_head);
  EXPECT_EQ(model.weights->read("lm_head.weight", 10, 8), model.weights->read("model.embed_tokens.weight", 10, 8));
  const Model without = open_tiny(directory, true, [](auto& tensors) { tensors.pop_back(); });
  EXPECT_EQ(without.weights->read("lm_head.weight", 10, 8)(0, 0), 0);
}

TEST(OpenModel, UntiedHeadIsItsOwn) {
  const TemporaryDirectory directory;
  const Model model = open_tiny(directory, false);
  EXPECT_NE(model.weights->read("lm_head.weight", 10, 8), model.weights->read("model.embed_tokens.weight", 10, 8));
}

TEST(OpenModel, EveryMissingOrMisshapenTensorIsListed) {
  const TemporaryDirectory directory;
  const std::string message = message_of<InputError>([&] {
    (void)open_tiny(directory, false, [](std::vector<NamedTensor>& tensors) {
      tensors[2].name = "model.layers.0.self_attn.query.weight";
      tensors[3].values.transposeInPlace();
      tensors.pop_back();
    });
  });
  EXPECT_THAT(message,
              AllOf(HasSubstr("model.layers.0.self_attn.q_proj.weight [8, 8] is missing"),
                    HasSubstr("model.layers.0.self_attn.k_proj.weight has shape [8, 4], config.json asks for [4, 8]"),
                    HasSubstr("lm_head.weight [10, 8] is missing"), HasSubstr("3 tensors")));
  EXPECT_THAT(message, Not(HasSubstr("v_proj")));
}

TEST(OpenModel, MissingPathsAreNamed) {
  const TemporaryDirectory directory;
  EXPECT_THAT(message_of<InputError>([&] { (void)open_model(directory.path() / "none", ModelFormat::hugging_face); }),
              HasSubstr("none"));
  EXPECT_THAT(message_of<InputError>([&] { (void)open_model(directory.path(), ModelFormat::hugging_face); }),
              HasSubstr("config.json"));
}

TEST(OpenModel, Phi3CopyHoldsTheSameNumbers) {
  const TemporaryDirectory directory;
  const Model llama = open_tiny(directory, true);
  const auto copy_directory = directory.path() / "phi3";
  std::filesystem::create_directory(copy_directory);
  write_phi3_copy(llama, copy_directory);
  const Model phi3 = open_model(copy_directory, ModelFormat::hugging_face);
  EXPECT_EQ(phi3.config.architecture, Architecture::phi3);
  EXPECT_TRUE(phi3.config.tied_head);
  EXPECT_EQ(phi3.config.stop_ids, llama.config.stop_ids);
  EXPECT_EQ(static_macs(phi3.graph), static_macs(llama.graph));
  EXPECT_EQ(phi3.graph.rope.frequencies, llama.graph.rope.frequencies);
  const std::string layer = "model.layers.0.";
  const Matrix qkv = phi3.weights->read(layer + "self_attn.qkv_proj.weight", 16, 8);
  EXPECT_EQ(qkv.topRows(8), llama.weights->read(layer + "self_attn.q_proj.weight", 8, 8));
  EXPECT_EQ(qkv.middleRows(8, 4), llama.weights->read(layer + "self_attn.k_proj.weight", 4, 8));
  EXPECT_EQ(qkv.bottomRows(4), llama.weights->read(layer + "self_attn.v_proj.weight", 4, 8));
  const Matrix gate_up = phi3.weights->read(layer + "mlp.gate_up_proj.weight", 24, 8);
  EXPECT_EQ(gate_up.topRows(12), llama.weights->read(layer + "mlp.gate_proj.weight", 12, 8));
  EXPECT_EQ(gate_up.bottomRows(12), llama.weights->read(layer + "mlp.up_proj.weight", 12, 8));
}

TEST(OpenModel, Storyteller) {
  const Model model = open_model(AIMC_SOURCE_DIR "/models/storyteller", ModelFormat::hugging_face);
  EXPECT_EQ(model.config.name, "storyteller");
  ASSERT_NE(model.weights, nullptr);
  for (const TensorRequirement& tensor : required_tensors(model.graph))
    EXPECT_GT(model.weights->read(tensor.name, tensor.rows, tensor.columns).norm(), 0) << tensor.name;
}

}  // namespace
}  // namespace aimc::workloads
