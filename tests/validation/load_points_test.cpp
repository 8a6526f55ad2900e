#include "sim/validate/load_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/base/temporary_directory.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;

/// What loading a folder with this one file complains about; "" when it does not.
std::string complaint(const std::string& content) {
  const TemporaryDirectory folder;
  put(folder / "a.yaml", content);
  try {
    static_cast<void>(load_points(folder / "."));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

const std::string head = "points:\n  - {id: A, title: t, kind: calibrated, source: s, cases: [";
const std::string good_case =
    "{name: n, hardware: hermes-64, tile: {}, expect: [{figure: tops, value: 1, tolerance: 0.1}]}";

TEST(LoadPoints, ReadsTheShippedOnes) {
  std::size_t points = 0;
  for (const ValidationFile& file : load_points(validation_folder())) points += file.points.size();
  EXPECT_GE(points, 12U);
}

TEST(LoadPoints, HardwareAndOverridesOfAPointHoldForItsCases) {
  const TemporaryDirectory folder;
  put(folder / "a.yaml",
      "points:\n  - {id: A, title: t, kind: calibrated, source: s, hardware: h, set: [a=1], cases: ["
      "{name: n, set: [b=2], tile: {}, expect: [{figure: tops, value: 1, tolerance: 0}]}]}\n");
  const ValidationCase one = load_points(folder / ".").front().points.front().cases.front();
  EXPECT_EQ(one.hardware, "h");
  EXPECT_THAT(one.set, testing::ElementsAre("a=1", "b=2"));
}

TEST(LoadPoints, NamesWhatIsWrong) {
  EXPECT_EQ(complaint(head + good_case + "]}\n"), "");
  EXPECT_THAT(complaint(head + "]}\n  - {id: A, title: t, kind: roll_up, source: s, cases: []}\n"),
              HasSubstr("there are two points A"));
  EXPECT_THAT(complaint(head + "{name: n, hardware: h, expect: [{figure: x, tolerance: 0}]}]}\n"),
              HasSubstr("'n' has 0 sections"));
  EXPECT_THAT(complaint(head + "{name: n, tile: {}, expect: [{figure: x, tolerance: 0}]}]}\n"),
              HasSubstr("name a hardware preset or file"));
  EXPECT_THAT(complaint(head + "{name: n, hardware: h, tile: {}, expect: []}]}\n"), HasSubstr("cannot fail"));
  EXPECT_THAT(complaint(head + "{name: n, roll_up: {assembly: nine}, expect: [{figure: x, tolerance: 0}]}]}\n"),
              HasSubstr("there is no assembly 'nine'"));
  EXPECT_THAT(complaint("assemblies: [{name: a, parts: [{assembly: a}]}]\n" + head + good_case + "]}\n"),
              HasSubstr("there is no assembly 'a' before it"));
  EXPECT_THAT(complaint("assemblies: [{name: a, parts: [{power: 1 W}]}]\n" + head + good_case + "]}\n"),
              HasSubstr("either a name or an assembly"));
  EXPECT_THAT(complaint("points: []\nbogus: 1\n"), HasSubstr("bogus"));
}

TEST(LoadPoints, AFolderWithoutPointsIsRefused) {
  EXPECT_THROW(static_cast<void>(load_points("/no/such/folder")), ConfigError);
}

}  // namespace
}  // namespace aimc::sim
