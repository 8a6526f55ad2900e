// What a user of `aimcsim run` relies on: the numbers of the experiment file move accuracy and cost together, and the
// same seed gives the same bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json run_small(const std::string& options, const std::string& more = "") {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment(more));
  const auto finished =
      run_aimcsim("run " + file.string() + " --json --out " + (folder.path() / "out").string() + " " + options);
  EXPECT_EQ(finished.exit_code, 0) << finished.error;
  return Json::parse(finished.out);
}

double bits(const Json& summary) { return summary["accuracy"]["chip"]["bits_per_character"]["mean"]; }
double latency(const Json& summary) { return summary["latency"]["time_per_output_token_s"]; }
double dynamic_energy(const Json& summary) { return summary["energy"]["policies"]["always_on"]["dynamic_j"]; }

TEST(Run, WhatNoHardwareComputesHasNoCost) {
  const Json summary = run_small("--set workload.deployment=w16");
  EXPECT_TRUE(summary["latency"].is_null());
  EXPECT_TRUE(summary["energy"].is_null());
  EXPECT_TRUE(summary["area"].is_null());
  EXPECT_FALSE(summary["accuracy"].is_null());
}

TEST(Run, SeveralRequestsAreCountedByBothExecutors) {
  const Json one = run_small(""), four = run_small("--set workload.requests=4");
  EXPECT_EQ(four["latency"]["requests"]["count"], 4);
  EXPECT_TRUE(four["counts"].contains("executors_agree_on")) << four["counts"];
  EXPECT_EQ(four["latency"]["tile_mvms"].get<double>(), 4 * one["latency"]["tile_mvms"].get<double>());
  const double p50 = four["latency"]["requests"]["time_to_first_token_s"]["p50"];
  EXPECT_GT(p50, one["latency"]["time_to_first_token_s"].get<double>());  // they share the tiles
}

TEST(Run, ThreadCountDoesNotChangeAByte) {
  Json one = run_small("--threads 1"), two = run_small("--threads 2");
  one.erase("run");
  two.erase("run");
  EXPECT_EQ(one.dump(), two.dump());
}

TEST(Run, SaysWhereInputRangesComeFrom) {
  const Json original = run_small(""),
             adapted = run_small("--set model.path=" AIMC_SOURCE_DIR "/models/storyteller-afm");
  for (const Json& summary : {original, adapted})
    EXPECT_TRUE(summary["accuracy"]["w16"]["input_ranges_from"].is_null());
  EXPECT_EQ(original["accuracy"]["chip"]["input_ranges_from"], "calibrated");
  EXPECT_EQ(adapted["accuracy"]["chip"]["input_ranges_from"], "checkpoint");
}

TEST(Run, SeedChangesNoiseOnly) {
  const Json first = run_small("--seed 1"), second = run_small("--seed 2");
  EXPECT_NE(bits(first), bits(second));
  EXPECT_EQ(first["accuracy"]["w16"]["bits_per_character"]["mean"],
            second["accuracy"]["w16"]["bits_per_character"]["mean"]);
  EXPECT_EQ(first["counts"]["totals"], second["counts"]["totals"]);
}

TEST(Run, InputBitsMoveAccuracyLatencyAndEnergy) {
  const Json eight = run_small(""), four = run_small("--set hardware.tile.input.bits=4");
  EXPECT_GT(bits(four), bits(eight));
  EXPECT_LT(latency(four), latency(eight));  // shorter pulses
  EXPECT_LT(dynamic_energy(four), dynamic_energy(eight));
}

TEST(Run, AdcBitsMoveAccuracyAndEnergyButNotTheLatencyOfOneCounterAColumn) {
  const Json eight = run_small(""), five = run_small("--set hardware.tile.adc.bits=5");
  EXPECT_GT(bits(five), bits(eight));
  EXPECT_EQ(latency(five), latency(eight));
  EXPECT_LT(dynamic_energy(five), dynamic_energy(eight));
}

TEST(Run, AdcBitsMoveTheLatencyOfAMultiplexedConverter) {
  const std::string shared =
      "--set hardware.tile.adc.timing=after_integration --set hardware.tile.adc.kind=sar "
      "--set hardware.tile.adc.columns_per_adc=8 --set 'hardware.tile.adc.tick=1 ns' ";
  const Json eight = run_small(shared), five = run_small(shared + "--set hardware.tile.adc.bits=5");
  EXPECT_GT(latency(eight), latency(five));
  EXPECT_GT(bits(five), bits(eight));
}

TEST(Run, PartsSumToTotals) {
  const Json summary = run_small("");
  for (const auto& [name, policy] : summary["energy"]["policies"].items()) {
    EXPECT_NEAR(policy["total_j"], policy["dynamic_j"].get<double>() + policy["static_j"].get<double>(),
                1e-12 * policy["total_j"].get<double>())
        << name;
    double shares = 0;
    for (const auto& [kind, share] : policy["share_by_kind"].items()) shares += share.get<double>();
    EXPECT_NEAR(shares, 1, 1e-9) << name;
  }
  for (const char* split : {"dynamic_by_component_j", "dynamic_by_operator_j", "dynamic_by_action_j"}) {
    double sum = 0;
    for (const auto& [part, energy] : summary["energy"][split].items()) sum += energy.get<double>();
    EXPECT_NEAR(sum / dynamic_energy(summary), 1, 1e-9) << split;
  }
  double stages = 0;
  for (const auto& [stage, time] : summary["latency"]["stages"]["first_token"].items()) stages += time.get<double>();
  EXPECT_NEAR(stages / summary["latency"]["time_to_first_token_s"].get<double>(), 1, 1e-9);
  EXPECT_GT(summary["counts"]["executors_agree_on"].get<int>(), 100);
}

TEST(Run, UnitsByNamePattern) {
  const Json all = run_small("");
  const Json digital_head = run_small("--set deployments.1.units.lm_head=digital");
  EXPECT_LT(digital_head["mapping"]["arrays_used"].get<int>(), all["mapping"]["arrays_used"].get<int>());
  EXPECT_GT(digital_head["counts"]["totals"]["digital_mac"].get<std::int64_t>(), 0);
}

// The ranges of digital linears are the digital unit's, whatever the tiles do.
TEST(Run, DigitalRangesFollowTheDigitalUnit) {
  const std::string dynamic = "--set deployments.1=di8-w4";
  const Json di8 = run_small(dynamic),
             di8_beside_dynamic_tiles = run_small(dynamic + " --set hardware.tile.input.range=dynamic");
  const Json si8 = run_small("--set deployments.1=si8-w4 --set hardware.tile.input.range=dynamic");
  const auto bits_of = [](const Json& summary, const char* name) {
    return summary["accuracy"][name]["bits_per_character"]["mean"].get<double>();
  };
  EXPECT_EQ(bits_of(di8, "di8-w4"), bits_of(di8_beside_dynamic_tiles, "di8-w4"));
  EXPECT_NE(bits_of(di8, "di8-w4"), bits_of(si8, "si8-w4"));
  // A dynamic range looks at every input; a static one at none.
  EXPECT_GT(di8["counts"]["totals"]["range_maximum"].get<std::int64_t>(), 0);
  EXPECT_FALSE(si8["counts"]["totals"].contains("range_maximum"));
}

TEST(Run, EveryLinearIsLookedAt) {
  const Json view = run_small("")["layers"];
  EXPECT_EQ(view["deployment"], "chip");
  EXPECT_EQ(view["probe_tokens"], 8);
  ASSERT_EQ(view["linears"].size(), 5 * 7 + 1);
  for (const auto& linear : view["linears"]) {
    EXPECT_GT(linear["sqnr_db"].get<double>(), 0) << linear;
    EXPECT_GT(linear["kl_nats"].get<double>(), 0) << linear;
  }
  // Nothing comes before the first linear: its inputs in the network are the reference's.
  EXPECT_EQ(view["linears"][0]["sqnr_db"], view["linears"][0]["sqnr_in_network_db"]);
  EXPECT_TRUE(run_small("--set accuracy.layer_tokens=0")["layers"].contains("not_measured"));
}

TEST(Run, WithoutWeightsOnlyCost) {
  const ScratchFolder folder;
  const auto finished = run_aimcsim("run " AIMC_SOURCE_DIR
                                    "/configs/experiments/llama-3.2-1b.yaml --json --set workload.prompt_tokens=8"
                                    " --set workload.new_tokens=2 --out " +
                                    (folder.path() / "out").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  const Json summary = Json::parse(finished.out);
  EXPECT_TRUE(summary["accuracy"].is_null());
  EXPECT_THAT(summary["accuracy_items"]["not_measured"].get<std::string>(), HasSubstr("no weights"));
  // Serial bound of hardware notes 6.3: 4 L + 1 MVM stages of 40 ns.
  EXPECT_GT(summary["latency"]["time_per_output_token_s"].get<double>(), 65 * 40e-9);
  EXPECT_EQ(summary["mapping"]["tiles_used"], 4716);
}

TEST(Run, DirectoryHoldsEverythingAndTheResolvedFileRunsAgain) {
  const ScratchFolder folder;
  const auto file = folder.write("experiment.yaml", small_experiment());
  const auto out = folder.path() / "out", again = folder.path() / "again";
  const auto first = run_aimcsim("run " + file.string() + " --json --out " + out.string());
  ASSERT_EQ(first.exit_code, 0) << first.error;
  EXPECT_THAT(listing(out), testing::IsSupersetOf({"experiment.yaml", "summary.json", "accuracy.csv", "energy.csv",
                                                   "counts.csv", "placement.csv", "report.txt", "log.txt"}));
  const auto second = run_aimcsim("run " + (out / "experiment.yaml").string() + " --json --out " + again.string());
  ASSERT_EQ(second.exit_code, 0) << second.error;
  Json a = Json::parse(first.out), b = Json::parse(second.out);
  for (Json* json : {&a, &b}) json->erase("run");
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace aimc::test
