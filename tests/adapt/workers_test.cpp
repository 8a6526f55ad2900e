// Two processes on loopback against one with twice the batch.
#include <chrono>
#include <sstream>

#include "sim/adapt/tensor_files.h"
#include "tests/adapt/tiny_run.h"
#include "workloads/model/model.h"

namespace aimc::adapt {
namespace {

using test::TinyRun;

std::vector<std::string> place(int rank, int size, int port) {
  return {"RANK=" + std::to_string(rank), "WORLD_SIZE=" + std::to_string(size), "MASTER_ADDR=127.0.0.1",
          "MASTER_PORT=" + std::to_string(port)};
}

constexpr int first_port = 29511;  // each test its own: they may run side by side

/// The second column of a run's held_out.csv.
std::vector<double> held_out_losses(const TinyRun& tiny, const std::string& out) {
  std::istringstream table(tiny.read(out + "/held_out.csv"));
  std::string line;
  std::getline(table, line);  // the header
  std::vector<double> losses;
  while (std::getline(table, line)) losses.push_back(std::stod(line.substr(line.find(',') + 1)));
  return losses;
}

/// Runs the training with `accumulate` parts by one process and by two, and compares what they wrote.
void expect_the_same_of_two_processes(int accumulate, int port) {
  const TinyRun tiny;
  // Gradients as they are, ranges by the least error of tokens of both, and an un-clipped fraction that matters.
  const std::vector<std::string> settings{"--set", "optimiser.gradient_norm=0",
                                          "--set", "ranges.initial=least_error",
                                          "--set", "ranges.least_inside=0.99",
                                          "--set", "ranges.rate=10",
                                          "--set", "data.accumulate=" + std::to_string(accumulate)};
  const auto results = run_children(
      {tiny.command("two", settings, place(0, 2, port)), tiny.command("two", settings, place(1, 2, port))}, 2);
  for (const auto& result : results) ASSERT_EQ(result.exit_code, 0) << result.error;
  ASSERT_EQ(tiny.run("one", settings).exit_code, 0);
  const auto one = workloads::open_model(tiny.path("one/model"), workloads::ModelFormat::hugging_face);
  const TensorFile two(tiny.path("two/model/model.safetensors")), alone(tiny.path("one/model/model.safetensors"));
  for (const auto& wanted : workloads::required_tensors(one.graph)) {
    if (!alone.contains(wanted.name)) continue;  // the tied head
    const at::Tensor like = wanted.rows == 1 ? at::empty({wanted.columns}) : at::empty({wanted.rows, wanted.columns});
    const at::Tensor a = alone.read(wanted.name, like), b = two.read(wanted.name, like);
    EXPECT_TRUE(at::allclose(a, b, 1e-3, 1e-4)) << wanted.name << " " << (a - b).abs().max();
  }
  const std::string range = "model.layers.1.mlp.down_proj.input_range";
  const at::Tensor a = alone.read(range, at::empty({1})), b = two.read(range, at::empty({1}));
  EXPECT_TRUE(at::allclose(a, b, 1e-3, 1e-4)) << a << " " << b;
  const std::vector<double> of_one = held_out_losses(tiny, "one"), of_two = held_out_losses(tiny, "two");
  ASSERT_EQ(of_one.size(), 2U);  // checkpoints after steps 4 and 8
  ASSERT_EQ(of_two.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(of_one[i], of_two[i], 1e-3 * of_one[i]);
}

// Both compute half of each part.
TEST(Workers, TwoProcessesGiveTheWeightsOfOne) { expect_the_same_of_two_processes(1, first_port); }
// Each computes every other part; while ranges are young, half of each.
TEST(Workers, TwoProcessesThatShareOutThePartsGiveTheWeightsOfOne) {
  expect_the_same_of_two_processes(2, first_port + 5);
}
// Parts of one sequence, so that one of the two has none while ranges are young.
TEST(Workers, TwoProcessesThatShareOutTheSequencesGiveTheWeightsOfOne) {
  expect_the_same_of_two_processes(4, first_port + 6);
}

TEST(Workers, ALostProcessIsSaid) {
  const TinyRun tiny;
  ChildCommand dies = tiny.command("out", {"--set", "steps=100000"}, place(1, 2, first_port + 1));
  // After the variables and before the program.
  dies.arguments.insert(dies.arguments.begin() + 4, {"timeout", "--signal=KILL", "4"});
  const auto results = run_children(
      {tiny.command("out", {"--set", "steps=100000", "--set", "save.log_every=1000"}, place(0, 2, first_port + 1)),
       dies},
      2);
  EXPECT_EQ(results[0].exit_code, 3) << results[0].error;
  EXPECT_NE(results[0].error.find("another process is lost"), std::string::npos) << results[0].error;
}

TEST(Workers, SequencesThatCannotBeSharedAreRefused) {
  const TinyRun tiny;
  const std::vector<std::string> settings{"--set", "data.accumulate=3", "--set",
                                          "data.sequences=3"};  // 6 shares of 3 sequences
  const auto results = run_children({tiny.command("out", settings, place(0, 2, first_port + 2)),
                                     tiny.command("out", settings, place(1, 2, first_port + 2))},
                                    2);
  for (const auto& result : results) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.error.find("data.sequences"), std::string::npos) << result.error;
  }
}

// The evaluation fails at once here (the model has no tokenizer); what counts is that the others go on with process 0.
TEST(Workers, OthersWaitForThePeriodicEvaluation) {
  const TinyRun tiny;
  tiny.write("experiment.yaml", "model: {path: nowhere}\nhardware: hermes-64\ndeployments: [w16]\naccuracy: {task: " +
                                    std::string(AIMC_SOURCE_DIR) + "/configs/tasks/storyteller.yaml}\n");
  const std::vector<std::string> settings{"--set", "evaluation.experiment=" + tiny.path("experiment.yaml").string(),
                                          "--set", "evaluation.every=3"};
  const auto results = run_children({tiny.command("out", settings, place(0, 2, first_port + 3)),
                                     tiny.command("out", settings, place(1, 2, first_port + 3))},
                                    2);
  for (const auto& result : results) EXPECT_EQ(result.exit_code, 0) << result.error;
}

TEST(Workers, WaitingForTheOthersCanBeInterrupted) {
  const TinyRun tiny;
  for (const int rank : {0, 1}) {
    ChildCommand alone = tiny.command("out", {}, place(rank, 2, first_port + 4));
    alone.arguments.insert(alone.arguments.begin() + 4,
                           {"timeout", "--foreground", "--signal=INT", "--preserve-status", "3"});
    const auto began = std::chrono::steady_clock::now();
    const ChildResult result = run_children({alone}).front();
    EXPECT_EQ(result.exit_code, 130) << result.error;
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::minutes(2));  // not the patience of the group
    EXPECT_EQ(result.error.find("waiting for 1 more") != std::string::npos, rank == 0) << result.error;
  }
}

TEST(Workers, EnvironmentThatMakesNoSenseIsRefused) {
  const TinyRun tiny;
  const auto without_host = run_children({tiny.command("out", {}, {"RANK=0", "WORLD_SIZE=2"})}).front();
  EXPECT_EQ(without_host.exit_code, 2);
  EXPECT_NE(without_host.error.find("MASTER_ADDR"), std::string::npos) << without_host.error;
  const auto beyond = run_children({tiny.command("out", {}, {"RANK=2", "WORLD_SIZE=2"})}).front();
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_NE(beyond.error.find("RANK=2"), std::string::npos) << beyond.error;
  const auto port = run_children({tiny.command("out", {}, place(0, 2, 70000))}).front();
  EXPECT_EQ(port.exit_code, 2);
  EXPECT_NE(port.error.find("MASTER_PORT=70000"), std::string::npos) << port.error;
}

}  // namespace
}  // namespace aimc::adapt
