// Every file of configs/adapt is read, whatever of its data is there.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/check/error.h"
#include "base/process/run_children.h"
#include "sim/adapt/adapt_spec.h"
#include "tests/adapt/storyteller_tokens.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/model/model.h"
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
  EXPECT_GE(read, 15);
}

// Each takes a few steps on a handful of short sequences, with storyteller and its calibrated input ranges in place of
// models that may be absent.
TEST(AdaptConfigs, AllTakeAStep) {
  const workloads::TemporaryDirectory folder;
  test::write_storyteller_tokens(folder.path() / "text.tokens", 60);
  const std::string model = fs::path(AIMC_SOURCE_DIR) / "models/storyteller-calibrated";
  for (const auto& entry : fs::directory_iterator(fs::path(AIMC_SOURCE_DIR) / "configs/adapt")) {
    const fs::path out = folder.path() / entry.path().stem();
    ChildCommand command{AIMC_ADAPT_PROGRAM, {entry.path().string(), "--out", out.string(), "--threads", "1"}};
    for (const std::string& set :
         {"data.tokens=" + (folder.path() / "text.tokens").string(), "model={path: " + model + "}",
          std::string("steps=3"), std::string("ranges.initial_forwards=1"), std::string("data.held_out=0.2")})
      command.arguments.insert(command.arguments.end(), {"--set", set});
    const ChildResult result = run_children({command}).front();
    ASSERT_EQ(result.exit_code, 0) << entry.path() << "\n" << result.error;
    EXPECT_NE(workloads::open_model(out / "model", workloads::ModelFormat::hugging_face).weights, nullptr);
  }
}

/// What loading storyteller's plain training with this override says.
std::string mistake(const std::string& override) {
  const fs::path file = fs::path(AIMC_SOURCE_DIR) / "configs/adapt/storyteller.yaml";
  return workloads::message_of<ConfigError>([&] { (void)load_adapt(file, {override}); });
}

TEST(AdaptConfigs, ScheduleMustRise) {
  const std::string message = mistake("optimiser.schedule=[{step: 5, share: 1}, {step: 5, share: 0}]");
  EXPECT_NE(message.find("schedule"), std::string::npos) << message;
}

TEST(AdaptConfigs, RangesThatTheModelBringsNeedADac) {
  const std::string message = mistake("ranges.initial=checkpoint");
  EXPECT_NE(message.find("analog.inputs"), std::string::npos) << message;
}

TEST(AdaptConfigs, AnalogLinearsNeedHardware) {
  const std::string message = mistake("analog.inputs=true");
  EXPECT_NE(message.find("hardware"), std::string::npos) << message;
}

}  // namespace
}  // namespace aimc::adapt
