// The demo, with one more row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/files/text_file.h"
#include "tests/cli/program.h"

namespace aimc::test {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// Characters, not bytes: "±" has two.
std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

TEST(Demo, RowsFitIn80Columns) {
  const ScratchFolder folder;
  std::filesystem::copy(AIMC_SOURCE_DIR "/models/storyteller-calibrated", folder.path() / "storyteller-copy");
  std::string demo = read_text_file(AIMC_SOURCE_DIR "/configs/experiments/demo.yaml");
  demo = replaced(demo, "../../", AIMC_SOURCE_DIR "/");
  demo = replaced(demo, "../tasks", AIMC_SOURCE_DIR "/configs/tasks");
  const std::string chip =
      "  - {linears: analog, noise: pcm, checkpoint: " AIMC_SOURCE_DIR "/models/storyteller-calibrated";
  const std::string row =
      "  - {linears: analog, noise: pcm, checkpoint: storyteller-copy, label: cpy-si8-hwnoise-o8}\n";
  ASSERT_NE(demo.find(chip), std::string::npos);
  const auto file = folder.write("demo.yaml", replaced(demo, chip, row + chip));
  const auto finished = run_aimcsim("run " + file.string() +
                                    " --set accuracy.seeds=2 --set accuracy.text_limit=1 --set accuracy.choice_limit=2"
                                    " --set workload.prompt_tokens=8 --set workload.new_tokens=4"
                                    " --out " +
                                    (folder.path() / "out").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  // The same weights and ranges on the same seeds, from another folder: the same row.
  std::istringstream lines(finished.out);
  std::string copied, original;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(columns(line), 80U) << line;
    if (line.starts_with("  cpy-si8-hwnoise-o8 ")) copied = line.substr(20);
    if (line.starts_with("  si8-w16-hwnoise-o8 ")) original = line.substr(20);
  }
  EXPECT_FALSE(original.empty());
  EXPECT_EQ(copied, original);
}

}  // namespace
}  // namespace aimc::test
