// aimcsim synthesize and tokenize as a user meets them: files, messages, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/program.h"

namespace aimc::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string storyteller = AIMC_SOURCE_DIR "/models/storyteller";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(SynthesizeVerb, WritesJoinsAndRefuses) {
  const ScratchFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
  const std::string request = "synthesize " + storyteller + " --tokens 60 --length 12 --top-k 50 --seed 3 --out ";
  const auto one = run_aimcsim(request + path("one"));
  EXPECT_EQ(one.exit_code, 0) << one.error;
  EXPECT_THAT(one.out, HasSubstr("5 sequences of 12, 60 tokens"));
  EXPECT_EQ(one.error, "");
  EXPECT_EQ(run_aimcsim(request + path("a") + " --workers 2 --worker 0 --batch 1").exit_code, 0);
  EXPECT_EQ(run_aimcsim(request + path("b") + " --workers 2 --worker 1 --threads 1").exit_code, 0);
  const auto joined = run_aimcsim("synthesize --join " + path("joined") + " " + path("b") + " " + path("a"));
  EXPECT_EQ(joined.exit_code, 0) << joined.error;
  EXPECT_THAT(joined.out, HasSubstr("5 sequences, 60 tokens"));
  EXPECT_EQ(bytes_of(path("joined")), bytes_of(path("one")));
  EXPECT_THAT(listing(folder.path()), ElementsAre("a", "b", "joined", "one"));

  const auto again = run_aimcsim(request + path("one"));
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.error, HasSubstr("--force"));
  EXPECT_EQ(run_aimcsim(request + path("one") + " --force").exit_code, 0);
}

TEST(SynthesizeVerb, WrongArgumentsHaveTheirExitCodes) {
  const auto fails = [](const std::string& arguments, int code, const std::string& message) {
    const auto finished = run_aimcsim("synthesize " + arguments);
    EXPECT_EQ(finished.exit_code, code) << arguments;
    EXPECT_THAT(finished.error, HasSubstr(message)) << arguments;
  };
  fails("", 2, "give one model (0 given)");
  fails(storyteller, 2, "give --tokens");
  fails(storyteller + " --tokens 0", 2, "--tokens 0");
  fails(storyteller + " --tokens 5 --seed -1", 2, "--seed");
  fails(storyteller + " --tokens 5 --format gguf", 2, "hugging_face, llama2c");
  fails("/nowhere --tokens 5", 3, "/nowhere");
  fails(storyteller + "/config.json --tokens 5", 3, "no weights");
  fails("--join /nowhere/out", 2, "--join");
  fails("--join joined " + storyteller + "/config.json", 3, "not a token file");
  EXPECT_EQ(run_aimcsim("tokenize " + storyteller).exit_code, 2);
  EXPECT_EQ(run_aimcsim("tokenize " + storyteller + " /nowhere.txt").exit_code, 3);
  fails(storyteller + " --tokens 5 --length 4 --out " + storyteller + "/config.json/x", 4, "config.json");
}

TEST(SynthesizeVerb, TheFoldersOfItsFileAreMade) {
  const ScratchFolder folder;
  const auto file = folder.path() / "build/tokens/x.tokens";
  EXPECT_EQ(run_aimcsim("synthesize " + storyteller + " --tokens 5 --length 4 --out " + file.string()).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(SynthesizeVerb, AFullDiskLeavesAPartThatIsContinued) {
  const ScratchFolder folder;
  const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
  const std::string request = "synthesize " + storyteller + " --tokens 4000 --length 40 --batch 4 --out ";
  const auto full = run_aimcsim(request + path("x"), "ulimit -f 4;");
  EXPECT_EQ(full.exit_code, 4) << full.error;
  EXPECT_THAT(full.error, AllOf(HasSubstr("x.part"), HasSubstr("the same command continues it")));
  EXPECT_THAT(listing(folder.path()), ElementsAre("x.part"));
  const auto rest = run_aimcsim(request + path("x"));
  EXPECT_EQ(rest.exit_code, 0) << rest.error;
  EXPECT_THAT(rest.out, HasSubstr("sequences were there"));
  EXPECT_EQ(run_aimcsim(request + path("y")).exit_code, 0);
  EXPECT_EQ(bytes_of(path("x")), bytes_of(path("y")));
}

TEST(TokenizeVerb, WritesBothParts) {
  const ScratchFolder folder;
  const auto text = folder.write("t.txt", "One day.<|endoftext|>Two days.<|endoftext|>Three days.");
  const auto out = (folder.path() / "t.tokens").string();
  const auto finished = run_aimcsim("tokenize " + storyteller + " " + text.string() + " --held-out 30 --out " + out);
  EXPECT_EQ(finished.exit_code, 0) << finished.error;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("2 sequences"), HasSubstr("t.tokens.held-out: 1 sequences")));
  EXPECT_THAT(listing(folder.path()), ElementsAre("t.tokens", "t.tokens.held-out", "t.txt"));
}

}  // namespace
}  // namespace aimc::test
