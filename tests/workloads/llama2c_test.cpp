#include <gmock/gmock.h>

#include <cstring>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/model.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A checkpoint whose i-th fp32 value is i: dim 4, hidden_dim 6, 2 layers, 2 heads, 1 KV head, context 3.
std::string counting_checkpoint(std::int32_t vocabulary) {
  const std::int32_t header[7] = {4, 6, 2, 2, 1, vocabulary, 3};
  std::string bytes(reinterpret_cast<const char*>(header), sizeof(header));
  // embed, norms, q, k, v, o, norms, gate, down, up, norm, two rotary tables [3, 1], head
  const int values = 5 * 4 + 8 + 32 + 16 + 16 + 32 + 8 + 48 + 48 + 48 + 4 + 6 + (vocabulary < 0 ? 20 : 0);
  for (int i = 0; i < values; ++i) {
    const auto value = static_cast<float>(i);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return bytes;
}

TEST(Llama2c, TensorsAreWhereTheFormatPutsThem) {
  const TemporaryDirectory directory;
  const auto weights = open_llama2c(directory.write("m.bin", counting_checkpoint(-5)));
  EXPECT_EQ(weights->read("model.embed_tokens.weight", 5, 4)(4, 3), 19);
  EXPECT_EQ(weights->read("model.layers.1.input_layernorm.weight", 1, 4)(0, 0), 24);
  EXPECT_EQ(weights->read("model.layers.1.self_attn.q_proj.weight", 4, 4)(1, 0), 48);
  EXPECT_EQ(weights->read("model.layers.0.self_attn.k_proj.weight", 2, 4)(0, 0), 60);
  EXPECT_EQ(weights->read("model.layers.0.mlp.down_proj.weight", 4, 6)(0, 0), 180);
  EXPECT_EQ(weights->read("model.layers.0.mlp.up_proj.weight", 6, 4)(0, 0), 228);
  EXPECT_EQ(weights->read("model.norm.weight", 1, 4)(0, 0), 276);
  EXPECT_EQ(weights->read("lm_head.weight", 5, 4)(0, 0), 286);  // 280 + the 6 values of the rotary tables
}

TEST(Llama2c, SignOfTheVocabularySaysWhetherTheHeadIsTied) {
  const TemporaryDirectory directory;
  const Model untied = open_model(directory.write("untied.bin", counting_checkpoint(-5)), ModelFormat::llama2c);
  EXPECT_FALSE(untied.graph.tied_head);
  const Model tied = open_model(directory.write("tied.bin", counting_checkpoint(5)), ModelFormat::llama2c);
  EXPECT_TRUE(tied.graph.tied_head);
  EXPECT_EQ(tied.graph.rope.layout, RopeLayout::interleaved);
  EXPECT_EQ(tied.weights->read("lm_head.weight", 5, 4), tied.weights->read("model.embed_tokens.weight", 5, 4));
}

TEST(Llama2c, EveryTruncationAndAnyExcessIsRefused) {
  const TemporaryDirectory directory;
  const std::string whole = counting_checkpoint(5);
  for (std::size_t size = 0; size < whole.size(); size += 41)
    EXPECT_THROW((void)open_llama2c(directory.write("m.bin", whole.substr(0, size))), InputError) << size;
  EXPECT_THAT(message_of<InputError>([&] { (void)open_llama2c(directory.write("m.bin", whole + "x")); }),
              AllOf(HasSubstr("m.bin"), HasSubstr(std::to_string(whole.size()))));
}

TEST(Llama2c, LyingHeadersAreRefused) {
  const TemporaryDirectory directory;
  const std::string whole = counting_checkpoint(5);
  for (std::size_t field = 0; field < 7; ++field)
    for (const std::int32_t value : {0, -1, 3, 1 << 24, INT32_MAX, INT32_MIN}) {
      std::string bytes = whole;
      std::memcpy(bytes.data() + 4 * field, &value, 4);
      if (bytes == whole) continue;
      EXPECT_THROW((void)open_llama2c(directory.write("m.bin", bytes)), InputError) << field << " = " << value;
    }
}

TEST(Llama2c, DirectoryMustHoldExactlyOneCheckpoint) {
  const TemporaryDirectory directory;
  const auto open = [&] { return open_model(directory.path(), ModelFormat::llama2c); };
  EXPECT_THAT(message_of<InputError>(open), HasSubstr("0 llama2.c checkpoints"));
  directory.write("tokenizer.bin", std::string(40, '\1'));
  directory.write("m.bin", counting_checkpoint(5));
  EXPECT_EQ(open().config.name, "m");
  directory.write("n.bin", counting_checkpoint(-5));
  EXPECT_THAT(message_of<InputError>(open), HasSubstr("2 llama2.c checkpoints"));
}

TEST(Llama2c, Stories260K) {
  const std::filesystem::path path = AIMC_SOURCE_DIR "/../shared/data/models/stories260K";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here; it is not shipped with the project";
  const Model model = open_model(path, ModelFormat::llama2c);
  EXPECT_EQ(model.config.name, "stories260K");
  EXPECT_EQ(model.config.vocabulary, 512);  // SOURCES.md: 8 heads, 4 KV heads, tied, vocabulary 512, context 512
  EXPECT_EQ(model.config.heads, 8);
  EXPECT_EQ(model.config.kv_heads, 4);
  EXPECT_EQ(model.config.context, 512);
  EXPECT_TRUE(model.config.tied_head);
  // Sums of magnitudes, taken with the oracle's own reader (last layer).
  EXPECT_NEAR(model.weights->read("model.embed_tokens.weight", 512, 64).cast<double>().cwiseAbs().sum(), 7820.58296,
              1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.input_layernorm.weight", 1, 64).cast<double>().cwiseAbs().sum(),
              77.9926314, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.self_attn.q_proj.weight", 64, 64).cast<double>().cwiseAbs().sum(),
              489.106407, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.self_attn.v_proj.weight", 32, 64).cast<double>().cwiseAbs().sum(),
              165.371357, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.self_attn.o_proj.weight", 64, 64).cast<double>().cwiseAbs().sum(),
              373.777628, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.mlp.gate_proj.weight", 172, 64).cast<double>().cwiseAbs().sum(),
              1070.64242, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.mlp.down_proj.weight", 64, 172).cast<double>().cwiseAbs().sum(),
              1184.26653, 1e-4);
  EXPECT_NEAR(model.weights->read("model.layers.4.mlp.up_proj.weight", 172, 64).cast<double>().cwiseAbs().sum(),
              1173.07988, 1e-4);
  EXPECT_NEAR(model.weights->read("model.norm.weight", 1, 64).cast<double>().cwiseAbs().sum(), 115.952762, 1e-4);
}

}  // namespace
}  // namespace aimc::workloads
