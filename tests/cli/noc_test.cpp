#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;

TEST(Noc, RefusesWhatCannotBe) {
  for (const auto& [options, word] : std::vector<std::pair<std::string, std::string>>{
           {"--rate 0", "--rate 0"},
           {"--rate 1.5", "at most 1"},
           {"--rate nan", "--rate"},
           {"--size 8", "--size 8"},
           {"--size 1x1", "2 or more"},
           {"--size 0x8", "1 to 64"},
           {"--topology cube", "mesh, ring, torus"},
           {"--pattern random", "hotspot"},
           {"--pattern hotspot --hotspot-share 1.5", "--hotspot-share 1.5"},
           {"--pattern hotspot --hotspot-share nan", "--hotspot-share"},
           {"--hotspot-share 0.3", "--pattern hotspot"},
           {"--pattern transpose --size 4x8", "square"},
           {"--topology torus --vcs 1", "at least 2"},
           {"--vcs 0", "--vcs 0"},
           {"--packet-flits 0", "--packet-flits 0"},
           {"--buffer-flits -1", "--buffer-flits -1"},
           {"--cycles 3", "--cycles 3"}}) {
    const auto finished = run_aimcsim("noc " + options);
    EXPECT_EQ(finished.exit_code, 2) << options;
    EXPECT_THAT(finished.error, HasSubstr(word)) << options;
    EXPECT_EQ(finished.out, "") << options;
  }
}

TEST(Noc, PrintsLoadsAndLatencies) {
  const auto finished = run_aimcsim("noc --size 4x4 --pattern neighbor --rate 0.01 --cycles 4000 --json");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  const auto row = nlohmann::json::parse(finished.out)["measurements"][0];
  // One step in x and in y, three back where the mesh ends: 2 (3 x 1 + 1 x 3) / 4 hops, and 4 flits.
  EXPECT_NEAR(row["zero_load_latency_cycles"].get<double>(), 3 + 4, 0.5);
  EXPECT_NEAR(row["offered_flits_per_cycle"].get<double>(), 0.01, 0.003);
  EXPECT_EQ(run_aimcsim("noc --cycles 2000 --seed 3").out, run_aimcsim("noc --cycles 2000 --seed 3").out);
}

// All packets of the constant network take its latency; a circuit of h hops takes the set-up, h and the flits.
TEST(Noc, IdealNetworksAndCircuits) {
  const auto ideal = run_aimcsim("noc --topology constant --latency-cycles 7 --rate 0.5 --cycles 2000 --json");
  const auto row = nlohmann::json::parse(ideal.out)["measurements"][0];
  EXPECT_EQ(row["mean_latency_cycles"], 7);
  EXPECT_EQ(row["p99_latency_cycles"], 7);
  const auto circuit = run_aimcsim("noc --size 2x1 --switching circuit --setup-cycles 10 --rate 0.001 --json");
  EXPECT_EQ(nlohmann::json::parse(circuit.out)["measurements"][0]["zero_load_latency_cycles"], 10 + 1 + 4);
  EXPECT_EQ(nlohmann::json::parse(circuit.out)["network"]["size"], "2x1");
  EXPECT_EQ(run_aimcsim("noc --rate 1e-19").exit_code, 0) << "no packet at all";
}

TEST(Noc, SweepSaysWhereAndWhyItSaturates) {
  const auto finished = run_aimcsim("noc --pattern transpose --cycles 4000 --sweep");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("> 3 x empty"));
  EXPECT_THAT(finished.out, HasSubstr("saturation: 0.1"));
}

}  // namespace
}  // namespace aimc::test
