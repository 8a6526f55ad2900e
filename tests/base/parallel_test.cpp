#include "base/parallel/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"

namespace aimc {
namespace {

class ParallelFor : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { set_thread_count(GetParam()); }
  void TearDown() override {
    set_thread_count(0);
    clear_interrupt();
  }
};

TEST_P(ParallelFor, CallsEveryIndexOnce) {
  std::vector<std::atomic<int>> calls(1000);
  parallel_for(1000, [&](std::int64_t i) { ++calls.at(static_cast<std::size_t>(i)); });
  for (const auto& count : calls) EXPECT_EQ(count.load(), 1);
  parallel_for(0, [](std::int64_t) { FAIL(); });
}

TEST_P(ParallelFor, RethrowsTheExceptionOfTheLowestIndex) {
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::atomic<int> below{0};
    try {
      parallel_for(500, [&](std::int64_t i) {
        if (i < 137) ++below;
        if (i >= 137 && i % 3 == 2) throw InputError(std::to_string(i));
      });
      FAIL();
    } catch (const InputError& error) {
      EXPECT_STREQ(error.what(), "137");
    }
    EXPECT_EQ(below.load(), 137);
  }
}

TEST_P(ParallelFor, NestedCallsRunOnTheSameThread) {
  parallel_for(8, [](std::int64_t) {
    const auto outer = std::this_thread::get_id();
    parallel_for(8, [&](std::int64_t) { EXPECT_EQ(std::this_thread::get_id(), outer); });
  });
}

TEST_P(ParallelFor, StopsEarlyOnInterrupt) {
  std::atomic<int> calls{0};
  EXPECT_THROW(parallel_for(1'000'000,
                            [&](std::int64_t) {
                              if (++calls == 100) request_interrupt();
                            }),
               Interrupted);
  EXPECT_LT(calls.load(), 200);
}

TEST_P(ParallelFor, FinishesThroughAnInterruptWhereItIsTold) {
  std::atomic<int> calls{0};
  parallel_for(
      1000,
      [&](std::int64_t) {
        if (++calls == 100) request_interrupt();
      },
      OnInterrupt::finish);
  EXPECT_EQ(calls.load(), 1000);
  EXPECT_TRUE(interrupt_requested());
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelFor, testing::Values(1, 2, 5));

TEST(Parallel, UsesTheThreadsItIsGiven) {
  set_thread_count(3);
  EXPECT_EQ(thread_count(), 3);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  parallel_for(64, [&](std::int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::scoped_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(threads.size(), 3U);
  set_thread_count(0);
  EXPECT_GE(thread_count(), 1);
}

TEST(Interrupt, SignalSetsTheFlag) {
  install_interrupt_handler();
  EXPECT_NO_THROW(throw_if_interrupted());
  std::raise(SIGTERM);
  EXPECT_TRUE(interrupt_requested());
  EXPECT_THROW(throw_if_interrupted(), Interrupted);
  clear_interrupt();
}

}  // namespace
}  // namespace aimc
