#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string wrong =
    "assemblies: [{name: a, parts: [{name: p, power: 2 W}]}]\n"
    "points:\n  - {id: W, title: wrong, kind: roll_up, source: nobody, cases: [{name: n, roll_up: {assembly: a}, "
    "expect: [{figure: power_w, value: 3, tolerance: 0.1}]}]}\n";

TEST(Validate, ExitsWithOneWhenAFigureIsOutsideItsTolerance) {
  const ScratchFolder configs;
  configs.write("validation/wrong.yaml", wrong);
  const Finished finished = run_aimcsim("validate", "AIMCSIM_CONFIGS=" + configs.path().string());
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out, HasSubstr("-33.33 %"));
  EXPECT_THAT(finished.out, HasSubstr("1 of 1 figures are outside their tolerance"));
}

TEST(Validate, PrintsJsonWithSourcesAndKinds) {
  const Finished finished = run_aimcsim("validate --point V6 --json");
  EXPECT_EQ(finished.exit_code, 0) << finished.error;
  const auto document = nlohmann::json::parse(finished.out);
  EXPECT_TRUE(document.at("passed").get<bool>());
  ASSERT_EQ(document.at("points").size(), 1U);
  const auto& point = document.at("points").front();
  EXPECT_EQ(point.at("id"), "V6");
  EXPECT_EQ(point.at("kind"), "roll-up");
  EXPECT_NEAR(point.at("figures").front().at("simulated").get<double>(), 2 * 16384 / 2304.0, 1e-9);
}

TEST(Validate, OnlyPredictionsCallThemselvesIndependent) {
  const Finished finished = run_aimcsim("validate --list");
  EXPECT_EQ(finished.exit_code, 0);
  std::istringstream lines(finished.out);
  std::vector<std::string> independent;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, kind;
    words >> id >> kind;
    if (line.front() != ' ' && kind == "independent") independent.push_back(id);
  }
  EXPECT_THAT(independent, testing::UnorderedElementsAre("V3", "V7", "V13"));
}

TEST(Validate, NamesThePointsThereAre) {
  const Finished finished = run_aimcsim("validate --point V99");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("there is no point 'V99'"));
  EXPECT_THAT(finished.error, HasSubstr("V13"));
}

TEST(Validate, AMeasurementThatCannotBeMadeIsTheUsersMistake) {
  const ScratchFolder configs;
  configs.write(
      "validation/none.yaml",
      "points:\n  - {id: N, title: t, kind: calibrated, source: s, hardware: nowhere, cases: [{name: n, tile: "
      "{}, expect: [{figure: tops, value: 1, tolerance: 0}]}]}\n");
  const Finished finished = run_aimcsim("validate", "AIMCSIM_CONFIGS=" + configs.path().string());
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.error, HasSubstr("there is no hardware preset 'nowhere'"));
  EXPECT_THAT(finished.error, Not(HasSubstr("aimcsim: aimcsim")));
}

}  // namespace
}  // namespace aimc::test
