// The periodic evaluation: real runs of aimcsim on a model as it is.
#include <gtest/gtest.h>

#include <sstream>

#include "base/files/text_file.h"
#include "base/process/run_children.h"
#include "tests/adapt/storyteller_tokens.h"
#include "tests/workloads/temporary_directory.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;
const fs::path source = AIMC_SOURCE_DIR;

class Evaluation : public ::testing::Test {
 protected:
  Evaluation() {
    test::write_storyteller_tokens(folder_.path() / "text.tokens", 12);
    folder_.write("experiment.yaml",
                  "model: {path: nowhere}\nhardware: hermes-64\ndeployments: [w16, {linears: analog, label: chip}]\n"
                  "accuracy: {task: " +
                      (source / "configs/tasks/storyteller.yaml").string() +
                      ", text_limit: 1, choice_limit: 1, layer_tokens: 0, seeds: 1}\n"
                      "workload: {prompt_tokens: 1, new_tokens: 1}\n");
    folder_.write("adapt.yaml", "model: {path: " + (source / "models/storyteller").string() +
                                    "}\ndata: {tokens: text.tokens, sequences: 2, held_out: 0.2}\nhardware: hermes-64\n"
                                    "ranges: {initial_forwards: 2}\nsteps: 3\nsave: {every: 100}\n"
                                    "evaluation: {experiment: experiment.yaml, every: 2}\n");
  }
  ChildResult run() {
    return run_children({{AIMC_ADAPT_PROGRAM,
                          {(folder_.path() / "adapt.yaml").string(), "--out", (folder_.path() / "out").string()}}})
        .front();
  }
  /// Step and deployment of each line of evaluation.csv.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::istringstream text(read_text_file(folder_.path() / "out/evaluation.csv"));
    std::vector<std::string> found;
    std::string line;
    std::getline(text, line);
    while (std::getline(text, line)) found.push_back(line.substr(0, line.find(',', line.find(',') + 1)));
    return found;
  }

  workloads::TemporaryDirectory folder_;
};

TEST_F(Evaluation, IsMadeEverySoOftenAndAtTheEnd) {
  const ChildResult result = run();
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const std::vector<std::string> expected{"2,chip", "2,w16", "3,chip", "3,w16"};
  EXPECT_EQ(lines(), expected) << result.error;
  EXPECT_TRUE(fs::exists(folder_.path() / "out/checkpoint-0000000002"));  // nothing is lost when it is interrupted
}

TEST_F(Evaluation, AFinishedRunMakesTheLastOneThatIsMissing) {
  ASSERT_EQ(run().exit_code, 0);
  const std::string table = read_text_file(folder_.path() / "out/evaluation.csv");
  folder_.write("out/evaluation.csv", table.substr(0, table.find("\n3,") + 1));
  const ChildResult again = run();
  ASSERT_EQ(again.exit_code, 0) << again.error;
  EXPECT_EQ(read_text_file(folder_.path() / "out/evaluation.csv"), table);
  EXPECT_EQ(again.error.find("step 2"), std::string::npos) << again.error;
}

// As if interrupted while the evaluation of step 2 went on.
TEST_F(Evaluation, AnInterruptedOneIsMadeUpFor) {
  ASSERT_EQ(run().exit_code, 0);
  const std::string table = read_text_file(folder_.path() / "out/evaluation.csv");
  folder_.write("out/evaluation.csv", table.substr(0, table.find("\n2,") + 1));
  fs::remove_all(folder_.path() / "out/checkpoint-0000000003");
  const ChildResult again = run();
  ASSERT_EQ(again.exit_code, 0) << again.error;
  EXPECT_EQ(read_text_file(folder_.path() / "out/evaluation.csv"), table) << again.error;
}

TEST_F(Evaluation, OfAnExperimentThatCannotBePlayedIsRefusedBeforeTheFirstStep) {
  folder_.write("experiment.yaml", read_text_file(folder_.path() / "experiment.yaml") + "workloat: {}\n");
  const ChildResult result = run();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.error.find("did you mean 'workload'"), std::string::npos) << result.error;
  EXPECT_EQ(result.error.find("step 1"), std::string::npos) << result.error;
}

}  // namespace
}  // namespace aimc::adapt
