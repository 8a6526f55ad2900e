#include "base/files/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/base/temporary_directory.h"

namespace aimc {
namespace {

namespace fs = std::filesystem;

TEST(RunDirectory, AppearsWholeAtTheEnd) {
  const TemporaryDirectory directory;
  RunDirectory run = RunDirectory::fresh(directory / "runs", "demo");
  EXPECT_THAT(run.path().filename().string(), testing::MatchesRegex("demo-[0-9]{8}T[0-9]{6}Z-1"));
  run.write("summary.json", "{}");
  run.write("tables/energy.csv", "a,b\n");
  EXPECT_FALSE(fs::exists(run.path()));
  EXPECT_TRUE(fs::exists(run.working_path() / "summary.json"));
  run.complete();
  EXPECT_EQ(get(run.path() / "summary.json"), "{}");
  EXPECT_EQ(get(run.path() / "tables/energy.csv"), "a,b\n");
  EXPECT_FALSE(fs::exists(run.working_path()));
}

TEST(RunDirectory, AFailedRunLeavesNothing) {
  const TemporaryDirectory directory;
  {
    const RunDirectory run = RunDirectory::at(directory / "out");
    run.write("half.csv", "x");
  }
  EXPECT_EQ(directory.entries(), 0);
}

TEST(RunDirectory, RunsOfTheSameSecondGetTheirOwnDirectories) {
  const TemporaryDirectory directory;
  std::vector<RunDirectory> runs;
  for (int i = 0; i < 5; ++i) runs.push_back(RunDirectory::fresh(directory.path(), "a"));
  for (RunDirectory& run : runs) run.complete();
  EXPECT_EQ(directory.entries(), 5);
}

TEST(RunDirectory, NeverOverwritesTheUsersDirectory) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "full");
  put(directory / "full/precious", "x");
  EXPECT_THROW((void)RunDirectory::at(directory / "full"), ConfigError);
  EXPECT_THROW((void)RunDirectory::at(directory / "full/"), ConfigError);
  EXPECT_THROW((void)RunDirectory::at(directory / "full/precious"), ConfigError);
  fs::create_directory(directory / "empty");
  RunDirectory run = RunDirectory::at(directory / "empty/");
  EXPECT_THROW((void)RunDirectory::at(directory / "empty"), ConfigError);
  run.complete();
  EXPECT_EQ(run.path(), directory / "empty");
  EXPECT_EQ(get(directory / "full/precious"), "x");
}

TEST(RunDirectory, NamesWhatCannotBeMade) {
  const TemporaryDirectory directory;
  put(directory / "file", "x");
  EXPECT_THROW((void)RunDirectory::fresh(directory / "file", "a"), OutputError);
  EXPECT_THROW((void)RunDirectory::at(directory / "file/out"), OutputError);
}

}  // namespace
}  // namespace aimc
