// The other verbs, and every experiment file that ships.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;

// Columns that a terminal shows: UTF-8 bytes that begin a character.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void expect_eighty_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("written to")) continue;
    EXPECT_LE(columns(line), 80u) << line;
  }
}

TEST(Verbs, EveryHelpHasAnExample) {
  for (const char* verb : {"run", "generate", "attribute", "lifetime", "explain", "breakeven", "map", "mvm", "noc",
                           "synthesize", "tokenize", "config", "device", "version"}) {
    const auto finished = run_aimcsim(std::string(verb) + " --help");
    EXPECT_EQ(finished.exit_code, 0) << verb;
    EXPECT_THAT(finished.out, HasSubstr("example:")) << verb;
    EXPECT_THAT(finished.out, HasSubstr(std::string("aimcsim ") + verb)) << verb;
    expect_eighty_columns(finished.out);
  }
  EXPECT_EQ(run_aimcsim("version").exit_code, 0);
  EXPECT_EQ(run_aimcsim("").exit_code, 2);
}

TEST(Verbs, EveryShippedExperimentIsValidMapsAndRuns) {
  const ScratchFolder folder;
  const std::string small =
      " --set workload.prompt_tokens=4 --set workload.new_tokens=2 --set accuracy.seeds=1 --set accuracy.text_limit=1"
      " --set accuracy.choice_limit=1 ";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(AIMC_SOURCE_DIR "/configs/experiments")) {
    ++files;
    const auto config = run_aimcsim("config " + entry.path().string());
    EXPECT_EQ(config.exit_code, 0) << entry.path() << "\n" << config.error;
    const auto map = run_aimcsim("map " + entry.path().string());
    EXPECT_EQ(map.exit_code, 0) << entry.path() << "\n" << map.error;
    EXPECT_THAT(map.out, HasSubstr("lm_head"));
    const auto run =
        run_aimcsim("run " + entry.path().string() + small + "--out " + (folder.path() / entry.path().stem()).string());
    EXPECT_EQ(run.exit_code, 0) << entry.path() << "\n" << run.error;
    EXPECT_THAT(run.out, HasSubstr("total (*) rests on"));
  }
  EXPECT_GE(files, 3);
}

TEST(Verbs, EveryStudyIsValid) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(AIMC_SOURCE_DIR "/configs/studies")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto config = run_aimcsim("config " + entry.path().string());
    EXPECT_EQ(config.exit_code, 0) << entry.path() << "\n" << config.error;
  }
  EXPECT_EQ(files, 4);
}

TEST(Verbs, EveryHardwarePresetRunsTheSmallModel) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  for (const auto& entry : std::filesystem::directory_iterator(AIMC_SOURCE_DIR "/configs/hardware")) {
    const std::string preset = entry.path().stem().string();
    const bool digital = preset == "npu-w4" || preset == "gpu-roofline";  // no tiles
    const auto finished =
        run_aimcsim("run " + file.string() + " --json --set hardware=" + preset +
                    (digital ? " --set deployments.1.linears=digital --set deployments.1.noise=none" : "") + " --out " +
                    (folder.path() / preset).string());
    EXPECT_EQ(finished.exit_code, 0) << preset << "\n" << finished.error;
  }
}

TEST(Verbs, GenerateStreamsTextThenItsCost) {
  const auto finished =
      run_aimcsim("generate " AIMC_SOURCE_DIR "/configs/experiments/demo.yaml --prompt 'Once upon a time' -n 8");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  const std::string prompt = "Once upon a time";
  ASSERT_EQ(finished.out.substr(0, prompt.size()), prompt);
  // Eight tokens of a story about people make at least eight letters.
  EXPECT_GT(finished.out.find('\n') - prompt.size(), 8u) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("per output token"));
  EXPECT_THAT(finished.out, HasSubstr("Energy"));
}

TEST(Verbs, AttributeWritesWhatItPrints) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  const std::string call =
      "attribute " + file.string() + " --seeds 1 --texts 1 --set deployments.1.only=[output_rounding] --out ";
  const auto finished = run_aimcsim(call + (folder.path() / "out").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  expect_eighty_columns(finished.out);
  EXPECT_THAT(finished.out, HasSubstr("output_rounding"));
  EXPECT_THAT(listing(folder.path() / "out"),
              testing::UnorderedElementsAre("attribution.csv", "attribution.json", "experiment.yaml", "report.txt"));
  const auto json = run_aimcsim(call + (folder.path() / "again").string() + " --json");
  EXPECT_EQ(nlohmann::json::parse(json.out)["effects"][0]["effect"], "output_rounding");
}

TEST(Verbs, LifetimeNeedsADeviceThatDrifts) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  const std::string call =
      "lifetime " + file.string() + " --seeds 1 --texts 1 --out " + (folder.path() / "out").string();
  const auto refused = run_aimcsim(call);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, HasSubstr("devices that drift"));
  EXPECT_TRUE(listing(folder.path() / "out").empty());
  EXPECT_THAT(run_aimcsim(call + " --times soon").error, HasSubstr("--times"));
  const auto finished = run_aimcsim(call + " --device pcm_like --times '1 s, 1 year'");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  expect_eighty_columns(finished.out);
  EXPECT_THAT(finished.out, HasSubstr("1 year ago"));
}

TEST(Verbs, ExplainPrintsOnePage) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  for (const char* options : {"--layer 3.down_proj --tokens 16", "--layer lm_head --token 9"}) {
    const auto finished = run_aimcsim("explain " + file.string() + " " + options);
    ASSERT_EQ(finished.exit_code, 0) << finished.error;
    expect_eighty_columns(finished.out);
    EXPECT_LE(std::ranges::count(finished.out, '\n'), 50) << finished.out;
    EXPECT_THAT(finished.out, HasSubstr("programming_noise"));
  }
  const auto json = run_aimcsim("explain " + file.string() + " --layer 3.down_proj --tokens 16 --json");
  EXPECT_EQ(nlohmann::json::parse(json.out)["row_tiles"].size(), 2u);
  EXPECT_EQ(run_aimcsim("explain " + file.string()).exit_code, 2);
}

TEST(Verbs, TablesFitEightyColumns) {
  for (const char* arguments : {"map " AIMC_SOURCE_DIR "/configs/experiments/phi-3-mini.yaml", "device",
                                "device pcm_like --time '1 day'", "device reram_cmo --time 1year"}) {
    const auto finished = run_aimcsim(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.error;
    std::size_t begin = 0;
    while (begin < finished.out.size()) {
      const std::size_t end = finished.out.find('\n', begin);
      EXPECT_LE(end - begin, 80u) << finished.out.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

// Numerics C.2: at full conductance a day after programming.
TEST(Verbs, DevicePrintsTheCurvesOfADevice) {
  const auto csv = run_aimcsim("device pcm_like --time '1 day' --csv --points 2");
  EXPECT_THAT(csv.out, HasSubstr("conductance,rho,programming_mean,programming_sigma,"));
  EXPECT_THAT(csv.out, HasSubstr("\n25,1,25,1.05538"));
  EXPECT_THAT(csv.out, HasSubstr(",0.6635235"));
  EXPECT_THAT(csv.out, HasSubstr(",0.0447639"));
  const auto json = run_aimcsim("device pcm --json");
  EXPECT_THAT(json.out, HasSubstr("\"conductance_unit\": \"counts\""));
  EXPECT_THAT(run_aimcsim("device").out, HasSubstr("reram_wan2022"));
  EXPECT_EQ(run_aimcsim("device pcm_liek").exit_code, 2);
  EXPECT_EQ(run_aimcsim("device reram_wan2022 --time '3 h'").exit_code, 2);
  EXPECT_EQ(run_aimcsim("device pcm --time 3").exit_code, 2);
}

}  // namespace
}  // namespace aimc::test
