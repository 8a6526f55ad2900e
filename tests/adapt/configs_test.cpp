// Every file of configs/adapt is read, whatever of its data is there.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/check/error.h"
#include "sim/adapt/adapt_spec.h"
#include "workloads/tokens/token_file.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

TEST(AdaptConfigs, AllAreRead) {
  const fs::path tokens = fs::path(::testing::TempDir()) / "configs.tokens";
  workloads::write_token_file(tokens, {.vocabulary = 2, .tokenizer = "", .origin = "{}", .sequences = {{0, 1}}});
  const fs::path model = fs::path(AIMC_SOURCE_DIR) / "models/storyteller";
  int read = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(AIMC_SOURCE_DIR) / "configs/adapt")) {
    const AdaptSpec spec = load_adapt(entry.path(), {"data.tokens=" + tokens.string(), "model.path=" + model.string()});
    EXPECT_EQ(spec.name, entry.path().stem().string());
    EXPECT_NE(spec.resolved_yaml.find("weight_noise"), std::string::npos);
    ++read;
  }
  EXPECT_GE(read, 9);
}

TEST(AdaptConfigs, AnalogLinearsNeedHardware) {
  const fs::path file = fs::path(AIMC_SOURCE_DIR) / "configs/adapt/storyteller.yaml";
  try {
    (void)load_adapt(file, {"analog.inputs=true"});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("hardware"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace aimc::adapt
