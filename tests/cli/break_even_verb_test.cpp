// aimcsim breakeven as a user sees it, on the small model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

class BreakEvenVerb : public testing::Test {
 protected:
  Finished breakeven(const std::string& options) {
    const auto file = folder_.write(
        "experiment.yaml",
        small_experiment("breakeven: {against: [gpu-roofline], batch: [1, 2], context: [16], tokens: 3}\n"));
    return run_aimcsim("breakeven " + file.string() + " " + options);
  }
  ScratchFolder folder_;
};

TEST_F(BreakEvenVerb, MeasuresEveryPointOfTheGrid) {
  const auto finished = breakeven("--json");
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  const Json json = Json::parse(finished.out);
  std::map<std::pair<std::string, int>, double> rates;
  for (const auto& point : json["points"]) {
    EXPECT_FALSE(point.contains("problem")) << point;
    EXPECT_GT(point["j_per_token"].get<double>(), 0);
    EXPECT_GT(point["mm2"].get<double>(), 0);
    rates[{point["system"], point["batch"]}] = point["tokens_per_s"];
  }
  ASSERT_EQ(rates.size(), 4U);
  // 2.165 M weights of 16 bits, 0.26 M of them embedding rows that are not streamed, at 1555 GB/s: 2.4 us a token at
  // least; two sequences share one stream of the weights, so the second one costs little.
  const double one = rates[{"gpu-roofline", 1}], two = rates[{"gpu-roofline", 2}];
  EXPECT_LT(one, 1 / 2.4e-6);
  EXPECT_GT(two, 1.5 * one);
  // Two sequences on one array chip do not slow each other down much: a sequence keeps few tiles busy.
  EXPECT_GT((rates[{"hermes-64", 2}]), 1.3 * (rates[{"hermes-64", 1}]));
  EXPECT_EQ(json["crossings"].size(), 3U);  // three metrics at one context
}

TEST_F(BreakEvenVerb, TheSamePointAloneIsTheSame) {
  const auto all = breakeven("--json"), alone = breakeven("--system gpu-roofline --batch 2 --context 16 --json");
  ASSERT_EQ(alone.exit_code, 0) << alone.error;
  EXPECT_EQ(Json::parse(all.out)["points"].back(), Json::parse(alone.out));
}

TEST_F(BreakEvenVerb, TablesFitATerminalAndSayWhatDoesNotFit) {
  const auto table = breakeven("--set breakeven.context=[16,100000]");
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out, HasSubstr("does not fit"));
  EXPECT_THAT(table.out, HasSubstr("context of 512"));
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  const auto csv = breakeven("--csv");
  EXPECT_THAT(csv.out, testing::StartsWith("system,batch,context,tokens_per_s"));
}

}  // namespace
}  // namespace aimc::test
