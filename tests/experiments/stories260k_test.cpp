// stories260K through the program, against the independent numpy forward pass: perplexity 3.5620, 0.8777 bits a
// character.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

TEST(Stories260K, PerplexityOfTheOracle) {
  if (!std::filesystem::exists(AIMC_SOURCE_DIR "/../shared/data/models/stories260K"))
    GTEST_SKIP() << "../shared/data is absent: stories260K and its text are not part of the project";
  const ScratchFolder folder;
  const auto finished = run_aimcsim("run " AIMC_SOURCE_DIR "/tests/experiments/stories260k.yaml --json --out " +
                                    (folder.path() / "out").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  const auto summary = nlohmann::json::parse(finished.out);
  const auto& w16 = summary["accuracy"]["w16"];
  EXPECT_NEAR(w16["perplexity"]["mean"].get<double>(), 3.5620, 0.0005);
  EXPECT_NEAR(w16["bits_per_character"]["mean"].get<double>(), 0.8777, 0.0001);
  EXPECT_EQ(summary["accuracy_items"]["texts"], 100);
}

}  // namespace
}  // namespace aimc::test
