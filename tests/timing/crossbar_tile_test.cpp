#include "tiles/sc/crossbar_tile_module.h"

#include <gtest/gtest.h>

#include "tests/timing/results.h"
#include "tests/timing/simulation.h"

namespace aimc::tiles {
namespace {

using aimc::testing::ns;
using aimc::testing::Results;
using aimc::testing::run_until;

class CrossbarTileTest : public ::testing::Test {
 protected:
  CrossbarTileModule build(IdlePolicy policy = IdlePolicy::always_on) {
    IdlePower idle;
    idle.wake_latency = ns(1000);
    return {"tile", idle, policy, results};
  }
  Results results;
};

MvmTiming timing(double load, double convert, double affine, double send) {
  return {ns(load), ns(convert), ns(affine), ns(send)};
}

TEST_F(CrossbarTileTest, OneMvmTakesAllItsStages) {
  CrossbarTileModule tile = build();
  tile.mvm(1, timing(16, 130, 8, 32), true);
  run_until(ns(16 + 130 + 8) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(16 + 130 + 8));
  ASSERT_EQ(results.of.count(1), 1U);
  EXPECT_EQ(results.of[1].drain, ns(32));
  EXPECT_EQ(tile.activity().busy(), ns(16 + 130 + 8 + 32));
}

TEST_F(CrossbarTileTest, ConsecutiveMvmsOverlap) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 5; ++job) tile.mvm(job, timing(16, 130, 8, 32), true);
  run_until(ns(10000));
  for (JobId job = 0; job < 5; ++job) {
    EXPECT_EQ(results.of[job].end, ns(154 + 130 * static_cast<double>(job)));  // the array never rests
  }
  EXPECT_EQ(tile.activity().busy(), ns(154 + 4 * 130 + 32));  // overlapping stages count once
}

// Whichever stage is slowest sets the pace.
TEST_F(CrossbarTileTest, LoadCanBeTheSlowestStage) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(200, 130, 8, 32), true);
  run_until(ns(10000));
  EXPECT_EQ(results.of[19].end - results.of[18].end, ns(200));
}

TEST_F(CrossbarTileTest, AffineCanBeTheSlowestStage) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 256, 32), true);
  run_until(ns(10000));
  EXPECT_EQ(results.of[19].end - results.of[18].end, ns(256));
}

TEST_F(CrossbarTileTest, SendCanBeTheSlowestStage) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 8, 512), true);
  run_until(ns(20000));
  EXPECT_EQ(results.sent(19) - results.sent(18), ns(512));
}

TEST_F(CrossbarTileTest, AResultThatStaysIsNotSent) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 8, 512), false);
  run_until(ns(20000));
  EXPECT_EQ(results.sent(19) - results.sent(18), ns(130));
}

TEST_F(CrossbarTileTest, AnInputIsNotLoadedBeforeABufferIsFree) {
  CrossbarTileModule tile = build();
  for (JobId job = 0; job < 3; ++job) tile.mvm(job, timing(10, 100, 0, 0), true);
  run_until(ns(1000));
  EXPECT_EQ(results.of[0].begin, ns(0));
  EXPECT_EQ(results.of[1].begin, ns(10));
  EXPECT_EQ(results.of[2].begin, ns(110));  // two buffers: the first is free when its MVM has been converted
}

TEST_F(CrossbarTileTest, PartialSumsAreAddedAsTheyCome) {
  CrossbarTileModule tile = build();
  tile.accumulate(7, ns(4), false, Time{});
  tile.accumulate(7, ns(4), false, Time{});  // at the same time: waits for the adder
  run_until(ns(100));
  EXPECT_TRUE(results.of.empty());
  tile.accumulate(7, ns(4), true, ns(16));
  run_until(ns(104) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(104));
  ASSERT_EQ(results.of.count(7), 1U);
  EXPECT_EQ(results.of[7].drain, ns(16));
  EXPECT_EQ(tile.activity().busy(), ns(4 + 4 + 4 + 16));
}

TEST_F(CrossbarTileTest, AddingGoesOnBesideAnMvm) {
  CrossbarTileModule tile = build();
  tile.mvm(1, timing(16, 130, 8, 32), true);
  tile.accumulate(2, ns(4), true, Time{});
  run_until(ns(4));
  EXPECT_EQ(results.of.count(2), 1U);
  run_until(ns(1000));
  EXPECT_EQ(results.of[1].end, ns(154));
}

TEST_F(CrossbarTileTest, BothResultsShareTheOutputBuffer) {
  CrossbarTileModule tile = build();
  tile.mvm(1, timing(0, 100, 0, 32), true);
  run_until(ns(90));
  tile.accumulate(2, ns(4), true, ns(16));  // sends in [94, 110)
  run_until(ns(1000));
  EXPECT_EQ(results.sent(2), ns(110));
  EXPECT_EQ(results.sent(1), ns(110 + 32));
}

TEST_F(CrossbarTileTest, APowerGatedTileWakesUpAfterEachGap) {
  CrossbarTileModule tile = build(IdlePolicy::power_gated);
  run_until(ns(10));
  tile.mvm(1, timing(0, 100, 0, 0), true);
  tile.mvm(2, timing(0, 100, 0, 0), true);
  run_until(ns(5000));
  EXPECT_EQ(results.of[1].end, ns(10 + 1000 + 100));
  EXPECT_EQ(results.of[2].end, ns(10 + 1000 + 200));
  tile.mvm(3, timing(0, 100, 0, 0), true);
  run_until(ns(10000));
  EXPECT_EQ(results.of[3].end, ns(5000 + 1000 + 100));
  EXPECT_EQ(tile.activity().wakes(), 2);
  EXPECT_EQ(tile.activity().busy(), ns(300));
}

TEST_F(CrossbarTileTest, WorkThatComesWhileATileWakesWaitsToo) {
  CrossbarTileModule tile = build(IdlePolicy::power_gated);
  run_until(ns(10));
  tile.accumulate(1, ns(4), true, Time{});
  run_until(ns(500));
  tile.mvm(2, timing(0, 100, 0, 0), true);
  run_until(ns(5000));
  EXPECT_EQ(results.of[1].end, ns(10 + 1000 + 4));
  EXPECT_EQ(results.of[2].end, ns(10 + 1000 + 100));
  EXPECT_EQ(tile.activity().wakes(), 1);
}

TEST_F(CrossbarTileTest, AGapIsCountedUnderEveryPolicyButCostsTimeOnlyWhenGated) {
  CrossbarTileModule tile = build(IdlePolicy::clock_gated);
  run_until(ns(10));
  tile.mvm(1, timing(0, 100, 0, 0), true);
  run_until(ns(1000));
  EXPECT_EQ(results.of[1].end, ns(110));
  EXPECT_EQ(tile.activity().wakes(), 1);
}

}  // namespace
}  // namespace aimc::tiles
