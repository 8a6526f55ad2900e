// Runs whose loss diverges: what is said, and what of them is kept.
#include "tests/adapt/tiny_run.h"

namespace aimc::adapt {
namespace {

using test::TinyRun;
namespace fs = std::filesystem;

TEST(AdaptDiverging, DivergingLossIsSaid) {
  const TinyRun tiny;
  const ChildResult result =
      tiny.run("out", {"--set", "optimiser.rate=1e30", "--set", "steps=40", "--set", "optimiser.warm_up=0", "--set",
                       "optimiser.gradient_norm=0", "--set", "analog.clip=0"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.error.find("diverges"), std::string::npos) << result.error;
  for (const auto& entry : fs::directory_iterator(tiny.path("out")))  // nothing of the broken weights is kept
    EXPECT_FALSE(entry.path().filename().string().starts_with("checkpoint-")) << entry.path();
}

// Weights on the way to not being finite give a finite loss once in a while: that is no checkpoint to go on from.
TEST(AdaptDiverging, NothingIsKeptOfADivergingRun) {
  const TinyRun tiny;
  const std::vector<std::string> settings{"--set", "optimiser.rate=1e6", "--set", "steps=40",
                                          "--set", "save.every=1",       "--set", "save.keep=100"};
  const ChildResult result = tiny.run("out", settings);
  ASSERT_EQ(result.exit_code, 3) << result.error;
  const std::string complaint = ": the loss or a gradient is not finite";
  const std::size_t end = result.error.find(complaint);
  ASSERT_NE(end, std::string::npos) << result.error;
  const int first_skipped = std::stoi(result.error.substr(result.error.rfind(' ', end) + 1));
  for (const auto& entry : fs::directory_iterator(tiny.path("out"))) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("checkpoint-")) continue;
    EXPECT_LT(std::stoi(name.substr(11)), first_skipped) << result.error;
  }
  EXPECT_EQ(tiny.run("out", settings).exit_code, 3);  // however often it is tried
  EXPECT_FALSE(fs::exists(tiny.path("out/model")));
}

std::vector<std::string> with(std::vector<std::string> settings, const std::vector<std::string>& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

// A rate that is far too high after step 150 breaks weights that had learned, while everything stays finite. With one
// checkpoint to keep, that of the last good step must be it.
void expect_the_last_good_checkpoint(const std::vector<std::string>& of_the_case) {
  const TinyRun tiny;
  std::string recipe = tiny.read("adapt.yaml");
  const std::string schedule = "rate: 0.01, warm_up: 0.1";
  recipe.replace(recipe.find(schedule), schedule.size(),
                 "rate: 30, schedule: [{step: 149, share: 0.0003}, {step: 150, share: 1}]");
  tiny.write("adapt.yaml", recipe);
  const std::vector<std::string> settings =
      with({"--set", "steps=200", "--set", "save.every=10", "--set", "save.keep=1"}, of_the_case);
  const auto expect_the_checkpoint = [&](const ChildResult& result) {
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_NE(result.error.find("step 160: a loss of "), std::string::npos) << result.error;
    EXPECT_NE(result.error.find("diverges: at step 180"), std::string::npos) << result.error;  // the third in a row
    EXPECT_EQ(result.error.find("not finite"), std::string::npos) << result.error;  // that another guard would see
    EXPECT_NE(result.error.find("the last checkpoint is of step 150"), std::string::npos) << result.error;
    EXPECT_TRUE(fs::exists(tiny.path("out/checkpoint-0000000150"))) << result.error;
    EXPECT_FALSE(fs::exists(tiny.path("out/model")));
  };
  expect_the_checkpoint(tiny.run("out", settings));
  expect_the_checkpoint(tiny.run("out", settings));  // the best loss is part of the checkpoint
}

// Converters let nothing through any more: the loss is that of guessing, ln(40) = 3.7, after a held-out loss of 1.4.
TEST(AdaptDiverging, WeightsThatOnlyGuessLeaveTheLastGoodCheckpoint) { expect_the_last_good_checkpoint({}); }

TEST(AdaptDiverging, WithoutHeldOutTextToo) { expect_the_last_good_checkpoint({"--set", "data.held_out=0"}); }

TEST(AdaptDiverging, AnAverageOfTheWeightsToo) { expect_the_last_good_checkpoint({"--set", "optimiser.average=0.9"}); }

TEST(AdaptDiverging, AnExplodedLossLeavesTheLastGoodCheckpoint) {
  expect_the_last_good_checkpoint(
      {"--set", "analog.inputs=false", "--set", "analog.outputs=false", "--set", "analog.clip=0"});
}

// A model that has learned, at once adapted far too fast: there is no good checkpoint, and nothing is written.
TEST(AdaptDiverging, AGoodModelThatBreaksBeforeTheFirstCheckpointGivesNothing) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("good", {"--set", "steps=200", "--set", "save.every=200"}).exit_code, 0);
  const std::vector<std::string> settings{"--set", "model.path=" + tiny.path("good/model").string(),
                                          "--set", "loss.distillation=1",
                                          "--set", "optimiser.rate=30",
                                          "--set", "optimiser.warm_up=0",
                                          "--set", "save.every=10",
                                          "--set", "steps=20"};
  const ChildResult result = tiny.run("out", settings);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.error.find("no model is written"), std::string::npos) << result.error;
  EXPECT_NE(result.error.find("nothing was saved"), std::string::npos) << result.error;
  EXPECT_FALSE(fs::exists(tiny.path("out/checkpoint-0000000010")));
  EXPECT_FALSE(fs::exists(tiny.path("out/model")));
}

// Each evaluation writes the model that it is of. (They fail here: the model has no tokenizer.)
TEST(AdaptDiverging, BrokenWeightsAreNotEvaluated) {
  const TinyRun tiny;
  tiny.write("experiment.yaml", "model: {path: nowhere}\nhardware: hermes-64\ndeployments: [w16]\naccuracy: {task: " +
                                    std::string(AIMC_SOURCE_DIR) + "/configs/tasks/storyteller.yaml}\n");
  const ChildResult result = tiny.run(
      "out", {"--set", "optimiser.rate=1e6", "--set", "steps=40", "--set", "save.every=1", "--set",
              "evaluation.experiment=" + tiny.path("experiment.yaml").string(), "--set", "evaluation.every=1"});
  ASSERT_EQ(result.exit_code, 3) << result.error;
  ASSERT_NE(result.error.find("step 1: the evaluation failed"), std::string::npos) << result.error;
  int broken = 0;
  for (std::size_t at = 0; (at = result.error.find("no checkpoint is written", at)) != std::string::npos;
       ++at, ++broken) {
    const std::size_t line = result.error.rfind("adapt: step ", at);
    const std::string step = result.error.substr(line, result.error.find(':', line + 8) - line);
    EXPECT_EQ(result.error.find(step + ": the evaluation failed"), std::string::npos) << result.error;
  }
  EXPECT_GT(broken, 0) << result.error;
}

// Broken weights of the last steps, too few to be told as diverging, are no result.
TEST(AdaptDiverging, BrokenWeightsAreNotWritten) {
  const TinyRun tiny;
  const ChildResult result =
      tiny.run("out", {"--set", "optimiser.rate=1e30", "--set", "steps=4", "--set", "optimiser.warm_up=0", "--set",
                       "optimiser.gradient_norm=0", "--set", "analog.clip=0", "--set", "data.held_out=0"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.error.find("broke the weights"), std::string::npos) << result.error;
  EXPECT_FALSE(fs::exists(tiny.path("out/model")));
}

}  // namespace
}  // namespace aimc::adapt
