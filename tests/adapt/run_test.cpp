// Whole runs of the program: results, resuming, and what it says to mistakes.
#include "base/files/folder_lock.h"
#include "tests/adapt/tiny_run.h"

#include "workloads/model/model.h"

namespace aimc::adapt {
namespace {

using test::TinyRun;
namespace fs = std::filesystem;

double last_loss(const std::string& csv) {
  const std::size_t line = csv.rfind('\n', csv.size() - 2) + 1;
  std::size_t at = line;
  for (int comma = 0; comma < 4; ++comma) at = csv.find(',', at) + 1;
  return std::stod(csv.substr(at));
}

double first_loss(const std::string& csv) { return last_loss(csv.substr(0, csv.find('\n', csv.find('\n') + 1) + 1)); }

TEST(AdaptRun, LearnsAndWritesAModelThatOpens) {
  const TinyRun tiny;
  const ChildResult result = tiny.run("out", {"--set", "steps=60", "--set", "save.every=30"});
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const std::string progress = tiny.read("out/progress.csv");
  EXPECT_LT(last_loss(progress), 0.7 * first_loss(progress));  // the text repeats three simple patterns
  const auto model = workloads::open_model(tiny.path("out/model"), workloads::ModelFormat::hugging_face);
  ASSERT_NE(model.weights, nullptr);
  EXPECT_TRUE(model.config.tied_head);
  const auto shape = model.weights->shape("model.layers.1.mlp.up_proj.input_range");
  ASSERT_TRUE(shape.has_value());
  EXPECT_GT(model.weights->read("model.layers.1.mlp.up_proj.input_range", 1, shape->front())(0, 0), 0);
  EXPECT_TRUE(fs::exists(tiny.path("out/adapt.yaml")));
}

TEST(AdaptRun, AnAdaptedModelKeepsItsRangesWhenAdaptedAgain) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("first", {"--set", "hardware.tile.rows=16"}).exit_code, 0);
  std::vector<std::string> again{"--set", "model.path=" + tiny.path("first/model").string(),
                                 "--set", "ranges.initial=checkpoint",
                                 "--set", "optimiser.rate=1e-12",
                                 "--set", "steps=1"};
  const ChildResult other_hardware = tiny.run("other", again);
  EXPECT_NE(
      other_hardware.error.find("mlp.down_proj.input_range has 3 values, but this hardware cuts the linear into 1"),
      std::string::npos)
      << other_hardware.error;
  again.insert(again.end(), {"--set", "hardware.tile.rows=16"});
  const ChildResult second = tiny.run("second", again);
  ASSERT_EQ(second.exit_code, 0) << second.error;
  const auto ranges = [&](const char* model, const std::string& linear, Index row_tiles) {
    const auto opened = workloads::open_model(tiny.path(model), workloads::ModelFormat::hugging_face);
    return opened.weights->read(linear + ".input_range", 1, row_tiles);
  };
  for (const auto& [linear, row_tiles] : {std::pair<std::string, Index>{"model.layers.0.self_attn.v_proj", 2},
                                          {"model.layers.1.mlp.down_proj", 3},
                                          {"lm_head", 2}}) {
    const Matrix before = ranges("first/model", linear, row_tiles);
    EXPECT_GT((before.array() - 3).abs().minCoeff(), 0) << linear;  // 3 is the range before any input was seen
    EXPECT_LT((ranges("second/model", linear, row_tiles) - before).cwiseAbs().maxCoeff(), 1e-6) << linear;
  }
  const ChildResult drawn = tiny.run("drawn", {"--set", "ranges.initial=checkpoint"});
  EXPECT_NE(drawn.error.find("needs a model with weights"), std::string::npos) << drawn.error;
}

void expect_resumed_is_unbroken(const std::vector<std::string>& settings, const TinyRun& tiny = {}) {
  const ChildResult whole = tiny.run("whole", settings);
  ASSERT_EQ(whole.exit_code, 0) << whole.error;
  // As if killed after the checkpoint of step 4.
  fs::copy(tiny.path("whole"), tiny.path("broken"), fs::copy_options::recursive);
  fs::remove_all(tiny.path("broken/checkpoint-0000000008"));
  fs::remove_all(tiny.path("broken/model"));
  const ChildResult resumed = tiny.run("broken", settings);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.error;
  EXPECT_NE(resumed.error.find("going on after step 4"), std::string::npos) << resumed.error;
  EXPECT_EQ(tiny.read("whole/model/model.safetensors"), tiny.read("broken/model/model.safetensors"));
  EXPECT_EQ(tiny.read("whole/held_out.csv"), tiny.read("broken/held_out.csv"));
}

TEST(AdaptRun, ResumedIsUnbrokenBitForBit) { expect_resumed_is_unbroken({}); }

TEST(AdaptRun, ResumedWithTheRangesOfAnAdaptedModelIsUnbrokenBitForBit) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("first").exit_code, 0);
  expect_resumed_is_unbroken(
      {"--set", "model.path=" + tiny.path("first/model").string(), "--set", "ranges.initial=checkpoint"}, tiny);
}

TEST(AdaptRun, ResumedAverageIsUnbrokenBitForBit) {
  expect_resumed_is_unbroken({"--set", "optimiser.average=0.8", "--set", "analog.noise_gradient=scale"});
}

TEST(AdaptRun, ResumedMuonOnDocumentsIsUnbrokenBitForBit) {
  expect_resumed_is_unbroken({"--set", "optimiser.kind=muon", "--set", "data.batching=documents", "--set",
                              "data.tokens_per_step=64", "--set", "dropout=0.1", "--set", "analog.antithetic=true"});
}

TEST(AdaptRun, AnInterruptedRunSavesWhereItIs) {
  const TinyRun tiny;
  ChildCommand command = tiny.command("out", {"--set", "steps=1000000", "--set", "save.every=1000000"});
  command.program = "/usr/bin/timeout";
  command.arguments.insert(command.arguments.begin(),
                           {"--foreground", "--signal=INT", "--preserve-status", "4", "/usr/bin/env"});
  const ChildResult stopped = run_children({command}).front();
  EXPECT_EQ(stopped.exit_code, 130) << stopped.error;
  EXPECT_NE(stopped.error.find("is saved: the same command goes on from there"), std::string::npos) << stopped.error;
  std::size_t saved = 0;
  for (const auto& entry : fs::directory_iterator(tiny.path("out")))
    saved += entry.path().filename().string().starts_with("checkpoint-") ? 1 : 0;
  EXPECT_EQ(saved, 1U);
  EXPECT_FALSE(fs::exists(tiny.path("out/model")));
}

const std::vector<std::string> nothing_analog{"--set", "analog.inputs=false",   "--set", "analog.outputs=false",
                                              "--set", "analog.weight_noise=0", "--set", "analog.clip=0"};

// A student that is its teacher has nothing to learn; noise gives it something.
TEST(AdaptRun, DistillsFromTheOriginal) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("original", {"--set", "steps=60"}).exit_code, 0);
  const std::vector<std::string> distil{"--set", "loss.distillation=1", "--set",
                                        "model.path=" + tiny.path("original/model").string()};
  auto plain = nothing_analog;
  plain.insert(plain.end(), distil.begin(), distil.end());
  const ChildResult same = tiny.run("plain", plain);
  ASSERT_EQ(same.exit_code, 0) << same.error;
  EXPECT_LT(first_loss(tiny.read("plain/progress.csv")), 1e-6);
  auto noisy = distil;
  noisy.insert(noisy.end(),
               {"--set", "steps=200", "--set", "analog.weight_noise=0.1", "--set", "optimiser.rate=0.003"});
  const ChildResult result = tiny.run("noisy", noisy);
  ASSERT_EQ(result.exit_code, 0) << result.error;
  const std::string progress = tiny.read("noisy/progress.csv");
  EXPECT_LT(last_loss(progress), 0.8 * first_loss(progress));
}

TEST(AdaptRun, LongerSequencesThanTheTeachersContextAreRefused) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("original", {"--set", "steps=1"}).exit_code, 0);
  fs::copy(tiny.path("original/model"), tiny.path("short"), fs::copy_options::recursive);
  std::string config = tiny.read("short/config.json");
  const std::string key = "\"max_position_embeddings\": 32";
  ASSERT_NE(config.find(key), std::string::npos) << config;
  config.replace(config.find(key), key.size(), "\"max_position_embeddings\": 8");
  tiny.write("short/config.json", config);
  const ChildResult result =
      tiny.run("out", {"--set", "loss.distillation=1", "--set", "model.path=" + tiny.path("original/model").string(),
                       "--set", "teacher={path: " + tiny.path("short").string() + "}"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.error.find("the teacher's context of 8"), std::string::npos) << result.error;
}

TEST(AdaptRun, AModelThatWasNotSweptAwayDoesNotStopTheNext) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("out").exit_code, 0);
  fs::copy(tiny.path("out/model"), tiny.path("out/model.old"));
  fs::remove_all(tiny.path("out/checkpoint-0000000008"));
  const ChildResult again = tiny.run("out");
  EXPECT_EQ(again.exit_code, 0) << again.error;
  EXPECT_FALSE(fs::exists(tiny.path("out/model.old")));
}

TEST(AdaptRun, AccumulatedPartsAreOneBatch) {
  const TinyRun tiny;
  std::vector<std::string> quiet{"--set", "analog.weight_noise=0"};  // each part draws its own
  auto parts = quiet;
  parts.insert(parts.end(), {"--set", "data.accumulate=2"});
  // Young ranges are means over passes, which differ in size.
  for (auto* arguments : {&parts, &quiet}) arguments->insert(arguments->end(), {"--set", "ranges.initial_forwards=0"});
  ASSERT_EQ(tiny.run("one", quiet).exit_code, 0);
  ASSERT_EQ(tiny.run("two", parts).exit_code, 0);
  EXPECT_NEAR(last_loss(tiny.read("one/progress.csv")), last_loss(tiny.read("two/progress.csv")), 1e-3);
}

TEST(AdaptRun, OtherConfigurationDoesNotGoOnFromACheckpoint) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("out").exit_code, 0);
  const ChildResult other = tiny.run("out", {"--set", "optimiser.rate=0.02"});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_NE(other.error.find("another configuration"), std::string::npos) << other.error;
  EXPECT_NE(other.error.find("differs: optimiser.rate (was 0.01, now 0.02)\n"), std::string::npos) << other.error;
  EXPECT_EQ(tiny.read("out/adapt.yaml").find("0.02"), std::string::npos);  // still that of the run that was
}

TEST(AdaptRun, AFolderWithSomethingElseInItIsLeftAlone) {
  const TinyRun tiny;
  const std::string own = tiny.read("adapt.yaml");
  const ChildResult beside = tiny.run(".", {"--set", "optimiser.rate=0.02"});  // the file that it reads lies there
  EXPECT_EQ(beside.exit_code, 3);
  EXPECT_NE(beside.error.find("holds a run with another configuration"), std::string::npos) << beside.error;
  EXPECT_EQ(tiny.read("adapt.yaml"), own);
  fs::create_directories(tiny.path("other/model"));
  tiny.write("other/model/config.json", "{}");
  const ChildResult model = tiny.run("other");
  EXPECT_EQ(model.exit_code, 3);
  EXPECT_NE(model.error.find("no run wrote it"), std::string::npos) << model.error;
  EXPECT_EQ(tiny.read("other/model/config.json"), "{}");
  const ChildResult inside = tiny.run("other/model");
  EXPECT_EQ(inside.exit_code, 3);
  EXPECT_NE(inside.error.find("is the folder of a model"), std::string::npos) << inside.error;
}

// There is no checkpoint of a run without steps to tell whose folder it is.
TEST(AdaptRun, RangesOfAnotherConfigurationAreNotReplaced) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("out", {"--set", "steps=0"}).exit_code, 0);
  const std::string model = tiny.read("out/model/model.safetensors");
  const ChildResult other = tiny.run("out", {"--set", "steps=0", "--set", "ranges.initial_deviations=12"});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_NE(other.error.find("ranges.initial_deviations (was 6, now 12)"), std::string::npos) << other.error;
  EXPECT_EQ(tiny.read("out/model/model.safetensors"), model);
  EXPECT_EQ(tiny.run("out", {"--set", "steps=0"}).exit_code, 0);
}

// Killed outright, wherever it stands; the second time goes on from the newest checkpoint.
TEST(AdaptRun, AKilledRunEndsWithTheBitsOfAnUnbrokenOne) {
  const TinyRun tiny;
  const std::vector<std::string> settings{"--set", "steps=400", "--set", "save.every=20", "--set", "save.keep=20"};
  ASSERT_EQ(tiny.run("whole", settings).exit_code, 0);
  ChildCommand command = tiny.command("killed", settings);
  command.program = "/bin/sh";
  const std::string kill_after_a_checkpoint =
      "checkpoint=$1; shift; /usr/bin/env \"$@\" & "
      "until [ -e \"$checkpoint\" ]; do kill -0 $! || exit 1; sleep 0.01; done; kill -9 $!; wait $!";
  command.arguments.insert(command.arguments.begin(),
                           {"-c", kill_after_a_checkpoint, "sh", tiny.path("killed/checkpoint-0000000060").string()});
  const ChildResult killed = run_children({command}).front();
  EXPECT_EQ(killed.exit_code, 128 + 9) << killed.error;
  EXPECT_FALSE(fs::exists(tiny.path("killed/model"))) << "it ended before it was killed: give it more steps";
  const ChildResult resumed = tiny.run("killed", settings);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.error;
  EXPECT_EQ(tiny.read("whole/model/model.safetensors"), tiny.read("killed/model/model.safetensors"));
  EXPECT_EQ(tiny.read("whole/held_out.csv"), tiny.read("killed/held_out.csv"));
}

TEST(AdaptRun, OnlyOneRunWritesIntoAFolder) {
  const TinyRun tiny;
  fs::create_directory(tiny.path("out"));
  const FolderLock other(tiny.path("out"));
  const ChildResult result = tiny.run("out");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.error.find("another run is writing there"), std::string::npos) << result.error;
}

TEST(AdaptRun, HeldOutSequencesThatAreNoneAreSaid) {
  const TinyRun tiny;
  const ChildResult result = tiny.run("out", {"--set", "data.held_out=0.01"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.error.find("no held-out loss"), std::string::npos) << result.error;
}

// Without steps the ranges alone are found: weights bit for bit those of the model, ranges those of a first step.
TEST(AdaptRun, NoStepsGiveRangesAlone) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("original").exit_code, 0);
  const std::string model = "model.path=" + tiny.path("original/model").string();
  const ChildResult ranges = tiny.run("ranges", {"--set", "steps=0", "--set", model, "--set", "optimiser.average=0.9"});
  ASSERT_EQ(ranges.exit_code, 0) << ranges.error;
  const ChildResult again =
      tiny.run("again", {"--set", "steps=0", "--set", model, "--set", "ranges.initial_deviations=12"});
  ASSERT_EQ(again.exit_code, 0) << again.error;
  const auto open = [&](const char* name) {
    return workloads::open_model(tiny.path(name), workloads::ModelFormat::hugging_face);
  };
  const auto original = open("original/model"), settled = open("ranges/model"), wider = open("again/model");
  const std::string linear = "model.layers.1.mlp.up_proj";
  EXPECT_EQ(settled.weights->read(linear + ".weight", 48, 24), original.weights->read(linear + ".weight", 48, 24));
  const float range = settled.weights->read(linear + ".input_range", 1, 1)(0, 0);
  EXPECT_GT(range, 0);
  EXPECT_NEAR(wider.weights->read(linear + ".input_range", 1, 1)(0, 0), 2 * range,
              0.02 * range);  // 12 deviations, not 6
  EXPECT_EQ(
      tiny.run("none", {"--set", "steps=0", "--set", "analog.inputs=false", "--set", "analog.outputs=false"}).exit_code,
      2);
}

TEST(AdaptRun, ResolvedConfigurationsGoOnFromAnywhere) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("out").exit_code, 0);
  const std::string once = tiny.read("out/adapt.yaml");
  EXPECT_NE(once.find("path: " + tiny.path("config.json").string()), std::string::npos) << once;
  ChildCommand again{AIMC_ADAPT_PROGRAM, {tiny.path("out/adapt.yaml").string(), "--config"}};
  const ChildResult resolved = run_children({again}).front();
  EXPECT_EQ(resolved.exit_code, 0) << resolved.error;
  EXPECT_EQ(resolved.out, once);
}

TEST(AdaptRun, MistakesOfTheCommandLine) {
  const TinyRun tiny;
  EXPECT_EQ(
      run_children({{AIMC_ADAPT_PROGRAM, {tiny.path("adapt.yaml").string(), "--threads", "-1"}}}).front().exit_code, 2);
  const ChildResult digital = tiny.run("out", {"--set", "hardware=npu-w4"});
  EXPECT_EQ(digital.exit_code, 2);
  EXPECT_NE(digital.error.find("no tiles"), std::string::npos) << digital.error;
}

TEST(AdaptRun, MistakesAreAllNamed) {
  const TinyRun tiny;
  tiny.write("wrong.yaml",
             "model: {path: nowhere}\ndata: {tokens: text.tokens, sequences: 3, accumulate: 2}\n"
             "steps: -1\nanalog: {clipp: 2}\n");
  ChildCommand command{AIMC_ADAPT_PROGRAM, {tiny.path("wrong.yaml").string()}};
  const ChildResult result = run_children({command}).front();
  EXPECT_EQ(result.exit_code, 2);
  for (const char* text : {"steps", "clipp", "clip", "wrong.yaml:1: model.path"})
    EXPECT_NE(result.error.find(text), std::string::npos) << text << "\n" << result.error;
}

TEST(AdaptRun, VocabularyOfAnotherTokenizerIsRefused) {
  const TinyRun tiny;
  tiny.write_tokens(50);
  const ChildResult result = tiny.run("out");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.error.find("vocabulary of 50"), std::string::npos) << result.error;
}

TEST(AdaptRun, FullDiskKeepsTheLastCheckpoint) {
  const TinyRun tiny;
  ASSERT_EQ(tiny.run("out").exit_code, 0);
  const std::string whole = tiny.read("out/model/model.safetensors");
  // As if killed after the checkpoint of step 4.
  fs::remove_all(tiny.path("out/checkpoint-0000000008"));
  fs::remove_all(tiny.path("out/model"));
  // A file size limit stands in for the full disk.
  ChildCommand command = tiny.command("out");
  command.arguments.insert(command.arguments.begin(), {"/bin/bash", "-c", "ulimit -f 8; exec \"$@\"", "limited"});
  const ChildResult result = run_children({command}).front();
  EXPECT_EQ(result.exit_code, 4) << result.error;
  EXPECT_NE(result.error.find("checkpoints that were there stay"), std::string::npos) << result.error;
  EXPECT_FALSE(fs::exists(tiny.path("out/checkpoint-0000000008")));
  const ChildResult again = tiny.run("out");  // with room on the disk the checkpoint of step 4 still serves
  EXPECT_NE(again.error.find("going on after step 4"), std::string::npos) << again.error;
  EXPECT_EQ(tiny.read("out/model/model.safetensors"), whole);
}

}  // namespace
}  // namespace aimc::adapt
