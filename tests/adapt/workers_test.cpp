// Two processes on loopback against one.
#include <chrono>
#include <functional>
#include <sstream>
#include <thread>

#include "sim/adapt/initial_ranges.h"
#include "sim/adapt/tensor_files.h"
#include "sim/adapt/workers.h"
#include "tests/adapt/fixture.h"
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

std::vector<std::string> join(std::vector<std::string> first, const std::vector<std::string>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

void run_two(const TinyRun& tiny, const std::string& out, const std::vector<std::string>& settings, int port) {
  const auto results =
      run_children({tiny.command(out, settings, place(0, 2, port)), tiny.command(out, settings, place(1, 2, port))}, 2);
  for (const auto& result : results) ASSERT_EQ(result.exit_code, 0) << result.error;
}

/// Runs a training by one process and by two, and compares what they wrote.
void expect_the_same_of_two_processes(const std::vector<std::string>& more, int port) {
  const TinyRun tiny;
  // Gradients as they are, ranges by the least error of tokens of both, and an un-clipped fraction that matters.
  const std::vector<std::string> settings =
      join({"--set", "optimiser.gradient_norm=0", "--set", "ranges.initial=least_error", "--set",
            "ranges.least_inside=0.99", "--set", "ranges.rate=10", "--set", "data.held_out=0.5"},
           more);
  ASSERT_NO_FATAL_FAILURE(run_two(tiny, "two", settings, port));
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
TEST(Workers, TwoProcessesGiveTheWeightsOfOne) { expect_the_same_of_two_processes({}, first_port); }
// Each computes every other part; while ranges are young, half of each.
TEST(Workers, TwoProcessesThatShareOutThePartsGiveTheWeightsOfOne) {
  expect_the_same_of_two_processes({"--set", "data.accumulate=2"}, first_port + 5);
}
// Parts of one sequence, so that one of the two has none while ranges are young.
TEST(Workers, TwoProcessesThatShareOutTheSequencesGiveTheWeightsOfOne) {
  expect_the_same_of_two_processes({"--set", "data.accumulate=4"}, first_port + 6);
}
// Draws by a token's place in the step, and parts without sequences.
TEST(Workers, TwoProcessesWithDropoutAndMirroredNoiseOnDocumentsGiveTheWeightsOfOne) {
  expect_the_same_of_two_processes({"--set", "data.batching=documents", "--set", "data.tokens_per_step=48", "--set",
                                    "data.accumulate=4", "--set", "dropout=0.1", "--set", "analog.antithetic=true"},
                                   first_port + 7);
}

TEST(Workers, TwoResumedProcessesAreTwoUnbrokenOnesBitForBit) {
  const TinyRun tiny;
  const std::vector<std::string> settings{"--set", "data.accumulate=2"};
  ASSERT_NO_FATAL_FAILURE(run_two(tiny, "whole", settings, first_port + 8));
  std::filesystem::copy(tiny.path("whole"), tiny.path("broken"), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(tiny.path("broken/checkpoint-0000000008"));
  ASSERT_NO_FATAL_FAILURE(run_two(tiny, "broken", settings, first_port + 9));
  EXPECT_EQ(tiny.read("whole/model/model.safetensors"), tiny.read("broken/model/model.safetensors"));
}

TEST(Workers, TwoProcessesSettleTheRangesThatOneDoes) {
  const TinyRun tiny;
  const std::vector<std::string> settings{"--set", "steps=0", "--set", "ranges.initial=least_error"};
  ASSERT_NO_FATAL_FAILURE(run_two(tiny, "two", settings, first_port + 10));
  ASSERT_EQ(tiny.run("one", settings).exit_code, 0);
  const std::string range = "model.layers.1.mlp.down_proj.input_range";
  const at::Tensor two = TensorFile(tiny.path("two/model/model.safetensors")).read(range, at::empty({1}));
  const at::Tensor one = TensorFile(tiny.path("one/model/model.safetensors")).read(range, at::empty({1}));
  EXPECT_TRUE(at::allclose(one, two, 1e-5)) << one << " " << two;
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
    EXPECT_NE(result.error.find("data.sequences: 3 cannot"), std::string::npos) << result.error;
    EXPECT_NE(result.error.find("a multiple of 6"), std::string::npos) << result.error;
  }
}

/// What two processes do, in two threads of this program.
void run_two_threads(int port, std::chrono::seconds patience, const std::function<void(Workers&)>& first,
                     const std::function<void(Workers&)>& second) {
  setenv("MASTER_ADDR", "127.0.0.1", 1);
  setenv("MASTER_PORT", std::to_string(port).c_str(), 1);
  std::thread other([&] { second(*join_workers(at::kCPU, {1, 2, 0}, patience)); });
  first(*join_workers(at::kCPU, {0, 2, 0}, patience));
  other.join();
  unsetenv("MASTER_ADDR");
  unsetenv("MASTER_PORT");
}

// An evaluation takes longer than any exchange of gradients may.
TEST(Workers, TheFirstIsWaitedForBeyondThePatienceOfSums) {
  bool came = false;
  run_two_threads(
      first_port + 11, std::chrono::seconds(2),
      [](Workers& workers) {
        std::this_thread::sleep_for(std::chrono::seconds(4));
        workers.wait_for_first("evaluation");
        workers.meet();
      },
      [&](Workers& workers) {
        const auto began = std::chrono::steady_clock::now();
        workers.wait_for_first("evaluation");
        EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
        workers.meet();
        came = true;
      });
  EXPECT_TRUE(came);
}

TEST(Workers, WhatIsSoOnOneIsSoOnAny) {
  run_two_threads(
      first_port + 12, std::chrono::seconds(60),
      [](Workers& workers) {
        EXPECT_TRUE(workers.any(false));
        EXPECT_FALSE(workers.any(false));
      },
      [](Workers& workers) {
        EXPECT_TRUE(workers.any(true));
        EXPECT_FALSE(workers.any(false));
      });
}

/// First range of these inputs before identity weights, whose first token is the pass's `first_token`.
float first_range(const at::Tensor& x, std::int64_t first_token, const Reduce& reduce) {
  RangeGroup group;
  group.linears = {"l"};
  group.tiles = {{0, x.size(1)}};
  group.range = at::full({1}, 3.0F);
  LinearNumerics numerics;
  numerics.tiles = group.tiles;
  numerics.largest_input = 127;
  const std::vector<at::Tensor> weights{at::eye(x.size(1))};
  const RangeSpec spec{.initial = InitialRange::least_error, .initial_forwards = 1};
  initialise_ranges(group, {x, first_token, weights, numerics}, spec, reduce);
  return group.range.item<float>();
}

// Of 4,096 tokens every 7th is tried. Those are small here, and only they: a process that counted its tokens from 0
// would try others.
TEST(Workers, FirstRangesAreTriedOnTheTokensOfTheWholePass) {
  at::Tensor x = test::normals("x", 4096, 16);
  x.slice(0, 0, 4096, 7).mul_(0.01);
  const float whole = first_range(x, 0, {});
  EXPECT_LT(whole, 2.1 * x.std().item<float>());  // the smallest candidate, 2
  const auto half = [&](std::int64_t first) {
    return [&x, first, whole](Workers& workers) {
      EXPECT_FLOAT_EQ(first_range(x.narrow(0, first, 2048), first, [&](at::Tensor& sums) { workers.add_up(sums); }),
                      whole);
    };
  };
  run_two_threads(first_port + 13, std::chrono::seconds(60), half(0), half(2048));
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

TEST(Workers, ProcessesThatTheProgramStartsItselfAreThoseOfALauncher) {
  const TinyRun tiny;
  ASSERT_NO_FATAL_FAILURE(run_two(tiny, "launched", {}, first_port + 14));
  const ChildResult own = tiny.run("own", {"--processes", "2"});
  ASSERT_EQ(own.exit_code, 0) << own.error;
  EXPECT_NE(own.error.find("2 process(es)"), std::string::npos) << own.error;
  EXPECT_EQ(own.out, tiny.path("own/model").string() + "\n");  // said once
  EXPECT_EQ(tiny.read("own/model/model.safetensors"), tiny.read("launched/model/model.safetensors"));
  const ChildResult inside =
      run_children({tiny.command("out", {"--processes", "2"}, place(0, 2, first_port + 15))}).front();
  EXPECT_EQ(inside.exit_code, 2);
  EXPECT_NE(inside.error.find("a launcher has started several"), std::string::npos) << inside.error;
}

/// What process_place() makes of some variables.
ProcessPlace place_of(const std::vector<std::pair<const char*, const char*>>& variables) {
  for (const auto& [name, value] : variables) setenv(name, value, 1);
  const ProcessPlace place = process_place();
  for (const auto& [name, value] : variables) unsetenv(name);
  return place;
}

TEST(ProcessPlace, LaunchersInsideAJobAreHeardBeforeTheJob) {
  // mpirun in the script of a job for four processes.
  const ProcessPlace mpirun = place_of({{"SLURM_PROCID", "0"},
                                        {"SLURM_NTASKS", "4"},
                                        {"SLURM_LOCALID", "0"},
                                        {"OMPI_COMM_WORLD_RANK", "3"},
                                        {"OMPI_COMM_WORLD_SIZE", "4"},
                                        {"OMPI_COMM_WORLD_LOCAL_RANK", "1"}});
  EXPECT_EQ(mpirun.rank, 3);
  EXPECT_EQ(mpirun.size, 4);
  EXPECT_EQ(mpirun.local_rank, 1);
  const ProcessPlace srun = place_of({{"SLURM_PROCID", "2"},
                                      {"SLURM_NTASKS", "8"},
                                      {"SLURM_STEP_NUM_TASKS", "4"},
                                      {"SLURM_LOCALID", "1"},
                                      {"PMI_RANK", "2"},
                                      {"PMI_SIZE", "4"}});
  EXPECT_EQ(srun.rank, 2);
  EXPECT_EQ(srun.size, 4);
  EXPECT_EQ(srun.local_rank, 1);
}

TEST(ProcessPlace, AProgramInTheScriptOfAJobIsAlone) {
  EXPECT_EQ(place_of({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}).size, 1);
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
