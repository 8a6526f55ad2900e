// Two processes on loopback against one with twice the batch.
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

TEST(Workers, TwoProcessesGiveTheWeightsOfOne) {
  const TinyRun tiny;
  const auto results = run_children(
      {tiny.command("two", {}, place(0, 2, first_port)), tiny.command("two", {}, place(1, 2, first_port))}, 2);
  for (const auto& result : results) ASSERT_EQ(result.exit_code, 0) << result.error;
  ASSERT_EQ(tiny.run("one").exit_code, 0);
  const auto one = workloads::open_model(tiny.path("one/model"), workloads::ModelFormat::hugging_face);
  const TensorFile two(tiny.path("two/model/model.safetensors")), alone(tiny.path("one/model/model.safetensors"));
  for (const auto& wanted : workloads::required_tensors(one.graph)) {
    if (!alone.contains(wanted.name)) continue;  // the tied head
    const at::Tensor like = wanted.rows == 1 ? at::empty({wanted.columns}) : at::empty({wanted.rows, wanted.columns});
    const at::Tensor a = alone.read(wanted.name, like), b = two.read(wanted.name, like);
    EXPECT_TRUE(at::allclose(a, b, 1e-3, 1e-4)) << wanted.name << " " << (a - b).abs().max();
  }
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

TEST(Workers, EnvironmentThatMakesNoSenseIsRefused) {
  const TinyRun tiny;
  const auto without_host = run_children({tiny.command("out", {}, {"RANK=0", "WORLD_SIZE=2"})}).front();
  EXPECT_EQ(without_host.exit_code, 2);
  EXPECT_NE(without_host.error.find("MASTER_ADDR"), std::string::npos) << without_host.error;
  const auto beyond = run_children({tiny.command("out", {}, {"RANK=2", "WORLD_SIZE=2"})}).front();
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_NE(beyond.error.find("RANK=2"), std::string::npos) << beyond.error;
}

}  // namespace
}  // namespace aimc::adapt
