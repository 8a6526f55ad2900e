#include "tiles/sc/crossbar_tiles_module.h"

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
  /// One tile, of a module of its own.
  struct Tile {
    CrossbarTilesModule module;
    int arrays = 1;
    TileIndex index = module.add_tile(arrays);
    void mvm(JobId job, const MvmTiming& timing, bool sends, JobRank rank = 0, std::uint16_t array = 0) {
      module.mvm(index, job, timing, sends, rank, array);
    }
    void accumulate(JobId job, Time add, bool last, Time send) { module.accumulate(index, job, add, last, send); }
    [[nodiscard]] const ActivityMeter& activity() const { return module.activity(index); }
  };
  Tile build(IdlePolicy policy = IdlePolicy::always_on, JobOrder order = JobOrder::as_given, int arrays = 1) {
    IdlePower idle;
    idle.wake_latency = ns(1000);
    return {{"tile", idle, policy, order, results}, arrays};
  }
  Results results;
};

MvmTiming timing(double load, double convert, double affine, double send) {
  return {ns(load), ns(convert), ns(affine), ns(send)};
}

TEST_F(CrossbarTileTest, OneMvmTakesAllItsStages) {
  Tile tile = build();
  tile.mvm(1, timing(16, 130, 8, 32), true);
  run_until(ns(16 + 130 + 8) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(16 + 130 + 8));
  ASSERT_EQ(results.of.count(1), 1U);
  EXPECT_EQ(results.of[1].drain, ns(32));
  EXPECT_EQ(tile.activity().busy(), ns(16 + 130 + 8 + 32));
}

TEST_F(CrossbarTileTest, ConsecutiveMvmsOverlap) {
  Tile tile = build();
  for (JobId job = 0; job < 5; ++job) tile.mvm(job, timing(16, 130, 8, 32), true);
  run_until(ns(10000));
  for (JobId job = 0; job < 5; ++job) {
    EXPECT_EQ(results.of[job].end, ns(154 + 130 * static_cast<double>(job)));  // the array never rests
  }
  EXPECT_EQ(tile.activity().busy(), ns(154 + 4 * 130 + 32));  // overlapping stages count once
}

// Whichever stage is slowest sets the pace.
TEST_F(CrossbarTileTest, LoadCanBeTheSlowestStage) {
  Tile tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(200, 130, 8, 32), true);
  run_until(ns(10000));
  EXPECT_EQ(results.of[19].end - results.of[18].end, ns(200));
}

TEST_F(CrossbarTileTest, AffineCanBeTheSlowestStage) {
  Tile tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 256, 32), true);
  run_until(ns(10000));
  EXPECT_EQ(results.of[19].end - results.of[18].end, ns(256));
}

TEST_F(CrossbarTileTest, SendCanBeTheSlowestStage) {
  Tile tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 8, 512), true);
  run_until(ns(20000));
  EXPECT_EQ(results.sent(19) - results.sent(18), ns(512));
}

TEST_F(CrossbarTileTest, AResultThatStaysIsNotSent) {
  Tile tile = build();
  for (JobId job = 0; job < 20; ++job) tile.mvm(job, timing(16, 130, 8, 512), false);
  run_until(ns(20000));
  EXPECT_EQ(results.sent(19) - results.sent(18), ns(130));
}

TEST_F(CrossbarTileTest, AnInputIsNotLoadedBeforeABufferIsFree) {
  Tile tile = build();
  for (JobId job = 0; job < 3; ++job) tile.mvm(job, timing(10, 100, 0, 0), true);
  run_until(ns(1000));
  EXPECT_EQ(results.of[0].begin, ns(0));
  EXPECT_EQ(results.of[1].begin, ns(10));
  EXPECT_EQ(results.of[2].begin, ns(110));  // two buffers: the first is free when its MVM has been converted
}

// Latency is the sum of the stages, the distance of results the slowest of them: 300 MVMs never drift apart.
TEST_F(CrossbarTileTest, OccupancyAndLatencyAreApart) {
  Tile tile = build();
  for (JobId job = 0; job < 300; ++job) tile.mvm(job, timing(90, 130, 70, 110), true);
  run_until(ns(90 + 130 + 70) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(100'000));
  for (JobId job = 0; job < 300; ++job) {
    ASSERT_EQ(results.of[job].end, ns(290 + 130 * static_cast<double>(job)));
    ASSERT_EQ(results.of[job].drain, ns(110));
  }
}

TEST_F(CrossbarTileTest, HeldSamplesAreConvertedBesideTheNextMvm) {
  Tile tile = build();
  MvmTiming held = timing(16, 1600, 8, 32);
  held.hold = ns(100);
  for (JobId job = 0; job < 4; ++job) tile.mvm(job, held, true);
  run_until(ns(16 + 1600 + 100 + 8) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(10'000));
  for (JobId job = 0; job < 4; ++job) {
    EXPECT_EQ(results.of[job].end, ns(16 + 1600 + 100 + 8 + 1600 * static_cast<double>(job)));
  }
}

TEST_F(CrossbarTileTest, ArraysConvertAtTheSameTimeAndShareTheRest) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::as_given, 2);
  tile.mvm(0, timing(16, 130, 8, 32), true, 0, 0);
  tile.mvm(1, timing(16, 130, 8, 32), true, 0, 1);
  run_until(ns(1000));
  EXPECT_EQ(results.of[0].end, ns(16 + 130 + 8));
  EXPECT_EQ(results.of[1].begin, ns(16)) << "one input port";
  EXPECT_EQ(results.of[1].end, ns(32 + 130 + 8));
  EXPECT_EQ(results.sent(0), ns(154 + 32));
  EXPECT_EQ(results.sent(1), ns(154 + 32 + 32)) << "one output buffer";
}

TEST_F(CrossbarTileTest, ScalingIsSharedByTheArrays) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::as_given, 4);
  for (JobId job = 0; job < 4; ++job) tile.mvm(job, timing(0, 100, 30, 0), false, 0, static_cast<std::uint16_t>(job));
  run_until(ns(1000));
  for (JobId job = 0; job < 4; ++job) EXPECT_EQ(results.of[job].end, ns(130 + 30 * static_cast<double>(job)));
}

TEST_F(CrossbarTileTest, ABackloggedArrayDoesNotHoldTheOthersUp) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::as_given, 2);
  for (JobId job = 0; job < 6; ++job) tile.mvm(job, timing(10, 100, 5, 0), false, 0, 0);
  tile.mvm(6, timing(10, 100, 5, 0), false, 0, 1);  // given last, but its array is free
  run_until(ns(2000));
  EXPECT_EQ(results.of[6].begin, ns(20)) << "after the two loads that found a buffer";
  EXPECT_EQ(results.of[6].end, ns(20 + 10 + 100 + 5));
  EXPECT_EQ(results.of[5].end, ns(10 + 6 * 100 + 5));
}

TEST_F(CrossbarTileTest, RanksAreKeptForEachArray) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::by_rank, 2);
  for (JobId job = 0; job < 4; ++job) tile.mvm(job, timing(0, 100, 0, 0), false, 1, 0);
  tile.mvm(4, timing(0, 100, 0, 0), false, 0, 0);  // goes before those that wait outside the tile
  tile.mvm(5, timing(0, 100, 0, 0), false, 1, 1);
  run_until(ns(2000));
  EXPECT_EQ(results.of[5].end, ns(100));
  EXPECT_EQ(results.of[4].end, ns(300)) << "two are in the tile when it comes";
  EXPECT_EQ(results.of[2].end, ns(400));
}

// As many results a time as slowest shared stage and arrays allow, never more: a closed form over many MVMs.
TEST_F(CrossbarTileTest, ArraysMultiplyTheRateUntilASharedStageIsFull) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::as_given, 4);
  for (JobId job = 0; job < 400; ++job)
    tile.mvm(job, timing(16, 130, 40, 0), false, 0, static_cast<std::uint16_t>(job % 4));
  run_until(ns(100'000));
  // 130 / 4 = 32.5 ns an MVM by the arrays, 40 ns by the scaling.
  EXPECT_EQ(results.of[399].end - results.of[199].end, ns(200 * 40));
}

TEST_F(CrossbarTileTest, PartialSumsAreAddedAsTheyCome) {
  Tile tile = build();
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
  Tile tile = build();
  tile.mvm(1, timing(16, 130, 8, 32), true);
  tile.accumulate(2, ns(4), true, Time{});
  run_until(ns(4));
  EXPECT_EQ(results.of.count(2), 1U);
  run_until(ns(1000));
  EXPECT_EQ(results.of[1].end, ns(154));
}

TEST_F(CrossbarTileTest, BothResultsShareTheOutputBuffer) {
  Tile tile = build();
  tile.mvm(1, timing(0, 100, 0, 32), true);
  run_until(ns(90));
  tile.accumulate(2, ns(4), true, ns(16));  // sends in [94, 110)
  run_until(ns(1000));
  EXPECT_EQ(results.sent(2), ns(110));
  EXPECT_EQ(results.sent(1), ns(110 + 32));
}

TEST_F(CrossbarTileTest, APowerGatedTileWakesUpAfterEachGap) {
  Tile tile = build(IdlePolicy::power_gated);
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
  Tile tile = build(IdlePolicy::power_gated);
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
  Tile tile = build(IdlePolicy::clock_gated);
  run_until(ns(10));
  tile.mvm(1, timing(0, 100, 0, 0), true);
  run_until(ns(1000));
  EXPECT_EQ(results.of[1].end, ns(110));
  EXPECT_EQ(tile.activity().wakes(), 1);
}

TEST_F(CrossbarTileTest, TilesOfAModuleWorkForThemselves) {
  Tile tile = build();
  const TileIndex other = tile.module.add_tile();
  tile.mvm(1, timing(16, 130, 8, 32), true);
  tile.mvm(2, timing(16, 130, 8, 32), true);
  tile.module.mvm(other, 3, timing(16, 130, 8, 32), true);
  run_until(ns(1000));
  EXPECT_EQ(results.of[2].end, ns(154 + 130));
  EXPECT_EQ(results.of[3].end, ns(154));
  EXPECT_EQ(tile.module.activity(other).busy(), ns(154 + 32));
  EXPECT_EQ(tile.module.mvms(), 3);
}

// Two input buffers: two MVMs are in the tile, those that wait outside are taken by rank.
TEST_F(CrossbarTileTest, ByRankTheLowestIsTakenFirst) {
  Tile tile = build(IdlePolicy::always_on, JobOrder::by_rank);
  for (JobId job = 0; job < 4; ++job) tile.mvm(job, timing(10, 100, 0, 0), true, 1);
  run_until(ns(50));
  tile.mvm(4, timing(10, 100, 0, 0), true, 0);
  tile.mvm(5, timing(10, 100, 0, 0), true, 0);
  run_until(ns(1000));
  const JobId order[] = {0, 1, 4, 5, 2, 3};
  for (std::size_t place = 0; place < 6; ++place) {
    EXPECT_EQ(results.of[order[place]].end, ns(110 + 100 * static_cast<double>(place))) << place;
  }
}

// With one rank, waiting outside the tile changes nothing.
TEST_F(CrossbarTileTest, OneRankIsTheOrderGiven) {
  Tile given = build();
  Tile ranked = build(IdlePolicy::always_on, JobOrder::by_rank);
  for (JobId job = 0; job < 12; ++job) {
    const MvmTiming stages = timing(10, job % 3 == 0 ? 250 : 20, 60, 5);
    given.mvm(job, stages, job % 2 == 0);
    ranked.mvm(100 + job, stages, job % 2 == 0);
  }
  run_until(ns(10000));
  ASSERT_EQ(results.of.size(), 24U);
  for (JobId job = 0; job < 12; ++job) {
    EXPECT_EQ(results.of[100 + job].begin, results.of[job].begin) << job;
    EXPECT_EQ(results.of[100 + job].end, results.of[job].end) << job;
    EXPECT_EQ(results.of[100 + job].drain, results.of[job].drain) << job;
  }
}

// A tile that is asked before it works wakes up once: the same times and as many wake-ups as in the order given.
TEST_F(CrossbarTileTest, ByRankATileWakesOnce) {
  Tile given = build(IdlePolicy::power_gated);
  Tile ranked = build(IdlePolicy::power_gated, JobOrder::by_rank);
  for (JobId job = 0; job < 3; ++job) {
    run_until(ns(5000 * static_cast<double>(job + 1)));
    given.mvm(job, timing(10, 100, 0, 0), true);
    ranked.mvm(100 + job, timing(10, 100, 0, 0), true);
  }
  run_until(ns(30000));
  for (JobId job = 0; job < 3; ++job) EXPECT_EQ(results.of[100 + job].end, results.of[job].end) << job;
  EXPECT_EQ(given.module.activity(0).wakes(), 3);
  EXPECT_EQ(ranked.module.activity(0).wakes(), 3);
}

}  // namespace
}  // namespace aimc::tiles
