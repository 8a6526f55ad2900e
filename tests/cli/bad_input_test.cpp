// Every mistake a user can make gives one clear message, a non-zero exit code, and no result that looks whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Finished run_text(const std::string& yaml, const std::string& options = "") {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", yaml);
  return run_aimcsim("run " + file.string() + " --out " + (folder.path() / "out").string() + " " + options);
}

TEST(BadInput, AllConfigurationErrorsComeAtOnce) {
  const auto finished = run_text(
      "model: {path: nowhere, fromat: llama2c}\n"
      "hardware: hermes-64\n"
      "deployments: [{linears: analogue}]\n"
      "workload: {new_tokens: many}\n");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("experiment.yaml:1"));
  EXPECT_THAT(finished.error, HasSubstr("fromat"));
  EXPECT_THAT(finished.error, HasSubstr("format"));  // the nearest key
  EXPECT_THAT(finished.error, HasSubstr("analogue"));
  EXPECT_THAT(finished.error, HasSubstr("analog"));
  EXPECT_THAT(finished.error, HasSubstr("many"));
}

TEST(BadInput, UnknownPresetListsTheKnown) {
  const auto finished =
      run_aimcsim("config " AIMC_SOURCE_DIR "/configs/experiments/demo.yaml --set hardware=hermes-46");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("hermes-46"));
  EXPECT_THAT(finished.error, HasSubstr("hermes-64"));
}

TEST(BadInput, DuplicateKeyAndMissingUnit) {
  const auto twice = run_text(small_experiment("seed: 1\nseed: 2\n"));
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.error, HasSubstr("seed"));
  const auto unit = run_text(small_experiment(), "--set hardware.tile.input.pulse_tick=1");
  EXPECT_EQ(unit.exit_code, 2);
  EXPECT_THAT(unit.error, HasSubstr("hardware.tile.input.pulse_tick"));
  EXPECT_THAT(unit.error, HasSubstr("ns"));
}

TEST(BadInput, ImpossibleValues) {
  for (const char* assignment :
       {"hardware.tile.input.bits=17", "hardware.tile.adc.bits=1", "hardware.tile.rows=0", "hardware.tile.rows=-1",
        "accuracy.seeds=0", "hardware.tile.adc.out_bound=0", "workload.new_tokens=100000", "seed=-1"}) {
    const auto finished = run_text(small_experiment(), std::string("--set ") + assignment);
    EXPECT_EQ(finished.exit_code, 2) << assignment << "\n" << finished.error;
    EXPECT_THAT(finished.out, IsEmpty()) << assignment;
  }
}

TEST(BadInput, AliasThatContradictsTheHardware) {
  const ScratchFolder folder;
  std::string yaml = small_experiment();
  yaml.replace(yaml.find("  - {linears: float}"), 20, "  - w16\n  - si8-w16-hwnoise-o8");
  const auto file = folder.write("experiment.yaml", yaml);
  EXPECT_EQ(run_aimcsim("config " + file.string()).exit_code, 0);
  const auto finished = run_aimcsim("config " + file.string() + " --set hardware.tile.input.bits=6");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("hardware.tile.input.bits is 6"));
}

TEST(BadInput, ModelThatDoesNotFitSaysWhatItWouldTake) {
  const auto finished =
      run_aimcsim("map " AIMC_SOURCE_DIR "/configs/experiments/llama-3.2-1b.yaml --set hardware.chip.chips=2");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("4716"));  // tiles of 512 x 512, hardware notes 6.1
}

TEST(BadInput, TruncatedWeights) {
  const ScratchFolder folder;
  const std::string source = AIMC_SOURCE_DIR "/models/storyteller/";
  for (const char* name : {"config.json", "tokenizer.json"})
    std::filesystem::copy_file(source + name, folder.path() / name);
  std::ifstream in(source + "model.safetensors", std::ios::binary);
  std::string bytes(100000, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  folder.write("model.safetensors", bytes);
  const auto finished = run_text(small_experiment(), "--set model.path=" + folder.path().string());
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_THAT(finished.error, HasSubstr("model.safetensors"));
}

TEST(BadInput, MalformedTokenizer) {
  const ScratchFolder folder;
  const std::string source = AIMC_SOURCE_DIR "/models/storyteller/";
  for (const char* name : {"config.json", "model.safetensors"})
    std::filesystem::copy_file(source + name, folder.path() / name);
  folder.write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0)");
  const auto finished = run_text(small_experiment(), "--set model.path=" + folder.path().string());
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_THAT(finished.error, HasSubstr("tokenizer.json"));
}

TEST(BadInput, FullDiskLeavesNothing) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  const auto out = folder.path() / "result";
  const auto finished = run_aimcsim("run " + file.string() + " --out " + out.string(), "ulimit -f 4;");
  EXPECT_EQ(finished.exit_code, 4) << finished.error;
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_THAT(listing(folder.path()), testing::ElementsAre("experiment.yaml"));
}

TEST(BadInput, InterruptLeavesNothing) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  const auto out = folder.path() / "result";
  const auto finished = run_aimcsim(
      "run " + file.string() + " --out " + out.string() + " --set accuracy.text_limit=0 --set accuracy.seeds=1000",
      "timeout --foreground --preserve-status --signal=INT 3");  // without, the signal comes twice
  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.error, HasSubstr("interrupted"));
  EXPECT_THAT(listing(folder.path()), testing::ElementsAre("experiment.yaml"));
}

TEST(BadInput, WhatWouldChangeNothingIsAnError) {
  const std::string demo = AIMC_SOURCE_DIR "/configs/experiments/demo.yaml";
  const auto ranges = run_aimcsim("config " + demo + " --set deployments.1.ranges=calibrated");
  EXPECT_EQ(ranges.exit_code, 2);
  EXPECT_THAT(ranges.error, HasSubstr("deployments.1.ranges"));
  const auto pattern = run_aimcsim("map " + demo + " --set deployments.2.units.nothing=digital");
  EXPECT_EQ(pattern.exit_code, 2);
  EXPECT_THAT(pattern.error, HasSubstr("down_proj"));
  EXPECT_EQ(run_aimcsim("config " + demo + " --seed -1").exit_code, 2);
}

TEST(BadInput, TraceOfArrivals) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml",
                                 "name: trace\n"
                                 "model: {path: " AIMC_SOURCE_DIR
                                 "/models/storyteller}\n"
                                 "hardware: hermes-64\n"
                                 "deployments: [{linears: analog}]\n"
                                 "accuracy: {calibration_text: " AIMC_SOURCE_DIR
                                 "/models/storyteller/calibration.txt}\n"
                                 "workload: {arrivals: {kind: trace, trace: arrivals.csv}}\n");
  folder.write("arrivals.csv", "arrival_s,prompt_tokens,new_tokens\n-0.1,4,2\n0,4,many\n");
  const auto finished = run_aimcsim("config " + file.string());
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("arrivals.csv:2"));
  EXPECT_THAT(finished.error, HasSubstr("arrivals.csv:3"));
  EXPECT_THAT(finished.error, HasSubstr("workload.arrivals.trace"));
  folder.write("arrivals.csv", "arrival_s,prompt_tokens,new_tokens\n0,4,100000\n");
  const auto too_long = run_aimcsim("run " + file.string());
  EXPECT_EQ(too_long.exit_code, 2);
  EXPECT_THAT(too_long.error, HasSubstr("context"));
}

TEST(BadInput, WorkloadsThatContradictThemselves) {
  for (const auto& [assignments, key] : std::vector<std::pair<const char*, const char*>>{
           {"--set workload.arrivals.kind=poisson", "workload.arrivals.rate"},
           {"--set workload.arrivals.rate='10 /s'", "workload.arrivals.rate"},
           {"--set workload.arrivals.kind=fixed_rate --set workload.arrivals.rate=10", "workload.arrivals.rate"},
           {"--set workload.sequences=4 --set workload.max_in_flight=2", "workload.max_in_flight"},
           {"--set workload.sampling_tolerance=0.01 --exact", "workload.sampling_tolerance"},
           {"--set workload.requests=0", "workload.requests"},
           {"--set workload.priority=fastest", "workload.priority"}}) {
    const auto finished = run_text(small_experiment(), assignments);
    EXPECT_EQ(finished.exit_code, 2) << assignments;
    EXPECT_THAT(finished.error, HasSubstr(key)) << assignments;
  }
}

TEST(BadInput, BreakEvenThatComparesNothing) {
  const std::string llama = "breakeven " AIMC_SOURCE_DIR "/configs/experiments/llama-3.2-1b.yaml ";
  for (const auto& [assignments, key] : std::vector<std::pair<const char*, const char*>>{
           {"--set breakeven.against=[]", "breakeven.against"},
           {"--set breakeven.against=[aimc-2d-mesh]", "aimc-2d-mesh"},
           {"--set breakeven.against=[npu-w5]", "npu-w5"},
           {"--set breakeven.batch=[0]", "breakeven.batch"},
           {"--set breakeven.batch=[1,1]", "breakeven.batch"},
           {"--set breakeven.context=[4] --set breakeven.tokens=4", "breakeven.context"},
           {"--batch 4", "--batch"},
           {"--system aimc-2d-mesh --context 200000", "context"},
           {"--system aimc-2d-mesh --batch 0", "--batch"}}) {
    const auto finished = run_aimcsim(llama + assignments);
    EXPECT_EQ(finished.exit_code, 2) << assignments << finished.error;
    EXPECT_THAT(finished.error, HasSubstr(key)) << assignments;
    EXPECT_THAT(finished.out, IsEmpty()) << assignments;
  }
}

TEST(BadInput, MistypedHardwareKeyIsNamedWithTheOtherMistakes) {
  const auto finished = run_text("model: {path: nowhere}\nhardwre: hermes-64\ndeployments: [w17]\n");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("experiment.yaml:2"));
  EXPECT_THAT(finished.error, HasSubstr("'hardware'"));
  EXPECT_THAT(finished.error, HasSubstr("w17"));
  EXPECT_THAT(finished.error, HasSubstr("nowhere"));
}

TEST(BadInput, OutputThatDoesNotReachItsReader) {
  const std::string config = std::string(AIMCSIM_PROGRAM) + " config " AIMC_SOURCE_DIR "/configs/experiments/demo.yaml";
  const auto full = run_aimcsim("version", config + " >/dev/full; echo status $?;");
  EXPECT_THAT(full.out, HasSubstr("status 4"));
  EXPECT_THAT(full.error, HasSubstr("standard output"));
}

TEST(BadInput, GeneratingInFloatingPoint) {
  const auto finished =
      run_aimcsim("generate " AIMC_SOURCE_DIR "/configs/experiments/demo.yaml -n 2 --set workload.deployment=w16");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.out, IsEmpty());
}

TEST(BadInput, UnknownVerbAndOption) {
  EXPECT_EQ(run_aimcsim("simulate").exit_code, 2);
  const auto finished = run_aimcsim("run --bogus");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("bogus"));
  EXPECT_EQ(run_aimcsim("run").exit_code, 2);
}

}  // namespace
}  // namespace aimc::test
