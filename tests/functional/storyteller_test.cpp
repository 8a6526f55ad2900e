// models/storyteller against the logits torch gave in fp32 when the model was made, and against its fused copy.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "tests/functional/tiny_model.h"
#include "workloads/model/model.h"
#include "workloads/model/phi3_copy.h"

namespace aimc::sim {
namespace {

const std::filesystem::path directory = std::filesystem::path(AIMC_SOURCE_DIR) / "models/storyteller";

struct Vector {
  std::vector<TokenId> ids;
  std::vector<float> logits;  // after the last id
};

std::vector<Vector> vectors() {
  std::vector<Vector> out;
  for (const auto& item : read_json_file(directory / "logits_vectors.json"))
    out.push_back({item.at("ids").get<std::vector<TokenId>>(), item.at("logits").get<std::vector<float>>()});
  return out;
}

TEST(Storyteller, LogitsOfTorch) {
  const auto model = workloads::open_model(directory, workloads::ModelFormat::hugging_face);
  const test::FloatModel instance(model.graph, *model.weights);
  for (const auto& vector : vectors()) {
    const Matrix logits = instance.logits(vector.ids);
    ASSERT_EQ(logits.cols(), static_cast<Index>(vector.logits.size()));
    for (std::size_t i = 0; i < vector.logits.size(); ++i)
      EXPECT_NEAR(logits(logits.rows() - 1, static_cast<Index>(i)), vector.logits[i], 1e-3) << "token " << i;
  }
}

TEST(Storyteller, FusedCopyHasTheSameLogits) {
  const auto model = workloads::open_model(directory, workloads::ModelFormat::hugging_face);
  const auto copy_directory = std::filesystem::path(::testing::TempDir()) / "storyteller_phi3";
  std::filesystem::create_directories(copy_directory);
  workloads::write_phi3_copy(model, copy_directory);
  const auto copy = workloads::open_model(copy_directory, workloads::ModelFormat::hugging_face);
  ASSERT_NE(copy.graph.find("model.layers.0.self_attn.qkv_proj"), nullptr);
  const test::FloatModel separate(model.graph, *model.weights), fused(copy.graph, *copy.weights);
  for (const auto& vector : vectors())
    EXPECT_LE(test::largest_difference(separate.logits(vector.ids), fused.logits(vector.ids)), 1e-5F);
}

}  // namespace
}  // namespace aimc::sim
