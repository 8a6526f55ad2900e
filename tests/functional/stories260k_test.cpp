// stories260K against the numpy oracle (../shared/oracle/llama_numpy.py), which shares no code with this project.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "sim/evaluate/accuracy.h"
#include "tests/functional/tiny_model.h"
#include "workloads/model/model.h"
#include "workloads/tasks/task.h"

namespace aimc::sim {
namespace {

const std::filesystem::path shared_directory = std::filesystem::path(AIMC_SOURCE_DIR) / "../shared";

class Stories260K : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto directory = shared_directory / "data/models/stories260K";
    if (!std::filesystem::exists(directory))
      GTEST_SKIP() << "needs " << directory << ", which is not part of the project";
    model = workloads::open_model(directory / "stories260K.bin", workloads::ModelFormat::llama2c);
    tokenizer = workloads::open_llama2c_tokenizer(directory / "tok512.bin", model.config.vocabulary);
    instance = std::make_unique<test::FloatModel>(model.graph, *model.weights);
  }
  workloads::Model model;
  std::unique_ptr<workloads::Tokenizer> tokenizer;
  std::unique_ptr<test::FloatModel> instance;
};

TEST_F(Stories260K, LogitsOfTheOracle) {
  const auto golden =
      read_json_file(std::filesystem::path(AIMC_SOURCE_DIR) / "tests/functional/stories260k_logits.json");
  std::vector<TokenId> ids{tokenizer->bos()};
  const auto encoded = tokenizer->encode(golden.at("prompt").get<std::string>());
  ids.insert(ids.end(), encoded.begin(), encoded.end());
  ASSERT_EQ(ids, golden.at("ids").get<std::vector<TokenId>>());
  const Matrix logits = instance->logits(ids);
  const auto expected = golden.at("logits").get<std::vector<float>>();
  ASSERT_EQ(logits.cols(), static_cast<Index>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(logits(logits.rows() - 1, static_cast<Index>(i)), expected[i], 1e-4) << "token " << i;
}

TEST_F(Stories260K, PerplexityOfTheOracle) {
  const workloads::TaskSpec spec{.name = "tinystories",
                                 .text = shared_directory / "data/text/tinystories_val_a.txt",
                                 .drop_first_and_last = true,
                                 .ascii_only = true,
                                 .limit = 100};
  const auto task = workloads::load_task(spec, *tokenizer, model.config.context);
  ASSERT_EQ(task.texts.size(), 100U);
  DeploymentPlan plan;
  plan.name = "w16";
  plan.program = &instance->program;
  const auto result = evaluate({plan}, *model.weights, instance->shared, task, {.count = 10, .seed = 1}, {}).front();
  EXPECT_NEAR(result.perplexity.mean, 3.5620, 0.0005);
  EXPECT_NEAR(result.bits_per_character.mean, 0.8777, 0.00005);
  EXPECT_EQ(result.seeds, 1);
}

}  // namespace
}  // namespace aimc::sim
