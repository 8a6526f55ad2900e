#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;

TEST(Noc, RefusesWhatCannotBe) {
  for (const auto& [options, word] :
       std::vector<std::pair<std::string, std::string>>{{"--rate 0", "--rate 0"},
                                                        {"--rate 1.5", "at most 1"},
                                                        {"--rate nan", "--rate"},
                                                        {"--size 8", "--size 8"},
                                                        {"--size 8x1", "2 to 64"},
                                                        {"--size 0x8", "2 to 64"},
                                                        {"--topology cube", "mesh, ring, torus"},
                                                        {"--pattern random", "hotspot"},
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

TEST(Noc, SweepSaysWhereAndWhyItSaturates) {
  const auto finished = run_aimcsim("noc --pattern transpose --cycles 4000 --sweep");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  EXPECT_THAT(finished.out, HasSubstr("saturated: "));
  EXPECT_THAT(finished.out, HasSubstr("saturation: 0.1"));
}

}  // namespace
}  // namespace aimc::test
