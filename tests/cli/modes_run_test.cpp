// Modes of an MVM, sliced weights and repeated MVMs in whole runs: both executors count the same (a run fails where
// they do not), and what is counted moves time and energy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using Json = nlohmann::json;

Json run_with(const std::string& options) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment(""));
  const auto finished = run_aimcsim(
      "run " + file.string() + " --json --out " + (folder.path() / "out").string() +
      " --set hardware.chip.chips=0 --set accuracy.seeds=1 --set accuracy.text_limit=1 --set accuracy.choice_limit=1 "
      "--set accuracy.layer_tokens=4 --set workload.prompt_tokens=4 --set workload.new_tokens=2 " +
      options);
  EXPECT_EQ(finished.exit_code, 0) << finished.error;
  return Json::parse(finished.out);
}

double total(const Json& summary, const char* action) { return summary["counts"]["totals"].value(action, 0.0); }
double latency(const Json& summary) { return summary["latency"]["time_per_output_token_s"]; }
double dynamic_energy(const Json& summary) { return summary["energy"]["policies"]["always_on"]["dynamic_j"]; }

class ModesInARun : public ::testing::Test {
 protected:
  void compare(const std::string& options, double drives, double conversions) {
    const Json summary = run_with(options);
    EXPECT_GT(summary["counts"]["executors_agree_on"].get<int>(), 0);
    EXPECT_EQ(total(summary, "dac_conversion"), drives * total(plain_, "dac_conversion")) << options;
    EXPECT_EQ(total(summary, "adc_conversion"), conversions * total(plain_, "adc_conversion")) << options;
    EXPECT_GT(dynamic_energy(summary), dynamic_energy(plain_)) << options;
    EXPECT_NE(latency(summary), latency(plain_)) << options;
  }
  Json plain_ = run_with("");
};

TEST_F(ModesInARun, CountTimeAndEnergyFollow) {
  compare("--set hardware.tile.periphery.mode=bit_wise", 7, 7);
  compare("--set hardware.tile.periphery.mode=split", 2, 2);
  compare("--set hardware.tile.periphery.mode=positive_negative_analog", 2, 1);
}

TEST_F(ModesInARun, SeveralArraysOfATileHoldMore) {
  const Json arrays =
      run_with("--set hardware.tile.arrays=2 --set workload.prompt_tokens=12 --set workload.new_tokens=4");
  EXPECT_GT(arrays["counts"]["executors_agree_on"].get<int>(), 0);
  const Json one = run_with("--set workload.prompt_tokens=12 --set workload.new_tokens=4");
  EXPECT_EQ(total(arrays, "mvm"), total(one, "mvm"));
  EXPECT_LT(arrays["mapping"]["tiles_used"].get<int>(), one["mapping"]["tiles_used"].get<int>());
}

TEST_F(ModesInARun, SlicedWeightsTakeArraysAndPasses) {
  const Json sliced = run_with(
      "--set hardware.tile.slicing.weight_bits=8 --set hardware.tile.slicing.encoding=offset "
      "--set hardware.tile.adc.bits=10 --set hardware.tile.adc.out_bound=256");
  EXPECT_GT(sliced["counts"]["executors_agree_on"].get<int>(), 0);
  EXPECT_EQ(total(sliced, "adc_conversion"), 4 * 8 * total(plain_, "adc_conversion")) << "4 slices, 8 passes";
  EXPECT_GT(total(sliced, "mvm"), total(plain_, "mvm"));
}

TEST_F(ModesInARun, AnEmbeddingInTilesTakesArraysInPlaceOfMemory) {
  const Json tiles = run_with("--set mapping.embedding=tiles");
  EXPECT_GT(tiles["counts"]["executors_agree_on"].get<int>(), plain_["counts"]["executors_agree_on"].get<int>());
  // 1024 tokens of 192 features: 4 row tiles, one column tile; 4 prompt tokens and 1 decoded one, one row each.
  EXPECT_EQ(tiles["mapping"]["embedding_arrays"], 4);
  EXPECT_EQ(plain_["mapping"]["embedding_arrays"], 0);
  EXPECT_EQ(total(tiles, "mvm") - total(plain_, "mvm"), 5);
  EXPECT_EQ(total(tiles, "dac_conversion") - total(plain_, "dac_conversion"), 5);
  EXPECT_EQ(total(tiles, "adc_conversion") - total(plain_, "adc_conversion"), 5 * 192);
  EXPECT_EQ(total(tiles, "embedding_read_byte"), 0);
  EXPECT_GT(total(plain_, "embedding_read_byte"), 0);
  const auto bits = [](const Json& summary) { return summary["accuracy"]["chip"]["bits_per_character"]["mean"]; };
  EXPECT_NE(bits(tiles), bits(plain_)) << "its noise and conversions are in the numbers";
}

TEST_F(ModesInARun, RepeatedMvmsAreCountedAndPriced) {
  const std::string narrow = "--set hardware.tile.adc.out_bound=2 ";
  const Json cut = run_with(narrow),
             repeated = run_with(narrow + "--set hardware.tile.periphery.bound_management=iterative");
  EXPECT_EQ(total(cut, "retry"), 0);
  const double retries = total(repeated, "retry");
  EXPECT_GT(retries, 0);
  EXPECT_EQ(total(repeated, "mvm") - total(cut, "mvm"), retries);
  EXPECT_GT(dynamic_energy(repeated), dynamic_energy(cut));
  EXPECT_GT(latency(repeated), latency(cut));
}

}  // namespace
}  // namespace aimc::test
