#include <gtest/gtest.h>

#include "tests/timing/results.h"
#include "tests/timing/simulation.h"
#include "tiles/sc/attention_unit_module.h"
#include "tiles/sc/digital_unit_module.h"

namespace aimc::tiles {
namespace {

using aimc::testing::ns;
using aimc::testing::Results;
using aimc::testing::run_until;

/// A memory that needs 1 ns a byte and serves any number of requests at once.
struct Memory final : MemoryPort {
  Time transfer(const MemoryTraffic& traffic) override {
    const auto now = Time(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
    requested = now;
    last = traffic;
    return now + ns(static_cast<double>(traffic.write_bytes + traffic.read_bytes));
  }
  MemoryTraffic last;
  Time requested;
};

DigitalSpec digital_spec() {
  DigitalSpec spec;
  spec.clock = Frequency(1e9);
  spec.lanes = 64;
  spec.add.operations = 1;
  spec.rms_norm = {4, ns(20)};
  spec.macs_per_cycle = 256;
  return spec;
}

TEST(DigitalUnit, ServesInTheOrderGiven) {
  Results results;
  Memory memory;
  DigitalUnitModule unit("unit", digital_spec(), IdlePolicy::always_on, memory, results);
  unit.vector(1, VectorOperation::rms_norm, 640, {});  // 20 + 640 x 4 / 64 ns
  unit.vector(2, VectorOperation::add, 640, {});       // 10 ns
  run_until(ns(60) - Time(1));
  EXPECT_TRUE(results.of.empty());
  run_until(ns(60));
  EXPECT_EQ(results.of.size(), 1U);
  run_until(ns(70) - Time(1));
  EXPECT_EQ(results.of.size(), 1U);
  run_until(ns(70));
  EXPECT_EQ(results.of.count(2), 1U);
  EXPECT_EQ(unit.activity().busy(), ns(70));
}

TEST(DigitalUnit, AProductEndsWithItsWeightStreamOrItsMacs) {
  Results results;
  Memory memory;
  DigitalUnitModule unit("unit", digital_spec(), IdlePolicy::always_on, memory, results);
  unit.matmul(1, 25600, {0, 0, 40});    // 100 ns of MACs, 40 ns of memory
  unit.matmul(2, 25600, {0, 0, 1000});  // 100 ns of MACs, 1000 ns of memory
  run_until(ns(5000));
  EXPECT_EQ(results.of[1].end, ns(100));
  EXPECT_EQ(results.of[2].end, ns(100 + 1000));
}

TEST(AttentionUnit, EndsWithComputingOrTheCache) {
  Results results;
  Memory memory;
  AttentionSpec spec;
  spec.clock = Frequency(1e9);
  spec.macs_per_cycle = 100;
  spec.latency = ns(5);
  AttentionUnitModule unit("unit", spec, IdlePolicy::always_on, memory, results);
  unit.attend(1, {.macs = 1000, .scores = 0, .kv_read_bytes = 7, .kv_write_bytes = 3}, 2);
  EXPECT_EQ(memory.last.channel, 2U);
  EXPECT_EQ(memory.last.write_bytes, 3);
  EXPECT_EQ(memory.last.read_bytes, 7);
  run_until(ns(15));
  EXPECT_EQ(results.of.count(1), 1U);
  unit.attend(2, {.macs = 1000, .scores = 0, .kv_read_bytes = 200, .kv_write_bytes = 10}, 2);
  run_until(ns(15 + 210) - Time(1));
  EXPECT_EQ(results.of.count(2), 0U);
  run_until(ns(15 + 210));
  EXPECT_EQ(results.of.count(2), 1U);
}

TEST(AttentionUnit, AsksForTheCacheWhenItsTurnComes) {
  Results results;
  Memory memory;
  AttentionSpec spec;
  spec.latency = ns(50);
  AttentionUnitModule unit("unit", spec, IdlePolicy::always_on, memory, results);
  unit.attend(1, {.macs = 0, .scores = 0, .kv_read_bytes = 1, .kv_write_bytes = 0}, 0);
  unit.attend(2, {.macs = 0, .scores = 0, .kv_read_bytes = 1, .kv_write_bytes = 0}, 0);
  EXPECT_EQ(memory.requested, Time{});
  run_until(ns(60));
  EXPECT_EQ(memory.requested, ns(50));
}

}  // namespace
}  // namespace aimc::tiles
