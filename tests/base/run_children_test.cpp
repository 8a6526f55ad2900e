#include "base/process/run_children.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"

namespace aimc {
namespace {

ChildCommand shell(const std::string& script) { return {"/bin/sh", {"-c", script}}; }

TEST(RunChildren, ResultsComeInTheOrderOfTheCommands) {
  const auto results = run_children({shell("sleep 0.2; echo first; exit 3"), shell("echo second >&2"), shell(":")}, 3);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].out, "first\n");
  EXPECT_EQ(results[0].exit_code, 3);
  EXPECT_EQ(results[1].out, "");
  EXPECT_EQ(results[1].error, "second\n");
  EXPECT_EQ(results[1].exit_code, 0);
}

TEST(RunChildren, ArgumentsAreNotSplitOrExpanded) {
  const auto results = run_children({{"/bin/echo", {"a b", "$HOME", ""}}});
  EXPECT_EQ(results.front().out, "a b $HOME \n");
}

TEST(RunChildren, LongOutputOnBothPipesDoesNotBlock) {
  const auto results = run_children({shell("head -c 1000000 /dev/zero; head -c 900000 /dev/zero >&2; cat")}, 1);
  EXPECT_EQ(results.front().out.size(), 1000000U);
  EXPECT_EQ(results.front().error.size(), 900000U);
}

TEST(RunChildren, AKilledChildShowsItsSignal) {
  EXPECT_EQ(run_children({shell("kill -9 $$")}).front().exit_code, 128 + SIGKILL);
}

TEST(RunChildren, NoMoreThanAskedForRunAtOnce) {
  // Each child finds the folder of the one before it gone only if they ran one after the other.
  const std::string folder = ::testing::TempDir() + "run_children_" + std::to_string(::getpid());
  const std::string script = "mkdir '" + folder + "' && sleep 0.05 && rmdir '" + folder + "'";
  for (const ChildResult& result : run_children({shell(script), shell(script), shell(script)}, 1))
    EXPECT_EQ(result.exit_code, 0) << result.error;
}

TEST(RunChildren, AMissingProgramIsAnError) {
  EXPECT_THROW(static_cast<void>(run_children({{"/no/such/program", {}}})), OutputError);
}

TEST(RunChildren, AnInterruptionEndsTheChildren) {
  const auto begin = std::chrono::steady_clock::now();
  std::jthread interrupter([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    request_interrupt();
  });
  EXPECT_THROW(static_cast<void>(run_children({{"/bin/sleep", {"60"}}, {"/bin/sleep", {"60"}}}, 2)), Interrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  interrupter.join();
  clear_interrupt();
}

TEST(RunChildren, KnowsItsOwnProgram) { EXPECT_EQ(own_program().filename(), "test_base"); }

}  // namespace
}  // namespace aimc
