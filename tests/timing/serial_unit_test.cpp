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
    ++requests;
    last = traffic;
    return now + ns(static_cast<double>(traffic.write_bytes + traffic.read_bytes));
  }
  MemoryTraffic last;
  Time requested;
  int requests = 0;
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

TEST(DigitalUnit, AProductEndsItsLatencyAfterStreamAndMacs) {
  Results results;
  Memory memory;
  DigitalSpec spec = digital_spec();
  spec.matmul_latency = ns(7);
  DigitalUnitModule unit("unit", spec, IdlePolicy::always_on, memory, results);
  unit.matmul(1, 25600, {0, 0, 40});
  unit.matmul(2, 25600, {0, 0, 1000});
  run_until(ns(107) - Time(1));
  EXPECT_EQ(results.of.count(1), 0U);
  run_until(ns(5000));
  EXPECT_EQ(results.of[1].end, ns(107));
  EXPECT_EQ(results.of[2].end, ns(107 + 1007));
}

/// 10 ns of products (1000 MACs), 5 ns of fixed latency, 8 scores a ns.
AttentionSpec attention_spec() {
  AttentionSpec spec;
  spec.clock = Frequency(1e9);
  spec.macs_per_cycle = 100;
  spec.softmax_per_cycle = 8;
  spec.latency = ns(5);
  return spec;
}

TEST(AttentionUnit, SoftmaxWaitsForProductsAndCache) {
  Results results;
  Memory memory;
  AttentionUnitModule unit("unit", attention_spec(), IdlePolicy::always_on, memory, results);
  unit.attend(1, {.macs = 1000, .scores = 32, .kv_read_bytes = 6, .kv_write_bytes = 3}, 2);
  EXPECT_EQ(memory.last.channel, 2U);
  EXPECT_EQ(memory.last.write_bytes, 3);
  EXPECT_EQ(memory.last.read_bytes, 6);
  run_until(ns(19) - Time(1));
  EXPECT_EQ(results.of.count(1), 0U);
  run_until(ns(19));  // products outlast the cache: 10, then softmax 4 and latency 5
  EXPECT_EQ(results.of.count(1), 1U);
  unit.attend(2, {.macs = 1000, .scores = 32, .kv_read_bytes = 200, .kv_write_bytes = 10}, 2);
  run_until(ns(19 + 219) - Time(1));
  EXPECT_EQ(results.of.count(2), 0U);
  run_until(ns(19 + 219));  // the cache outlasts the products: 210, then softmax 4 and latency 5
  EXPECT_EQ(results.of.count(2), 1U);
  EXPECT_EQ(unit.activity().busy(), ns(19 + 219));
}

TEST(AttentionUnit, ACacheInItsSramKeepsNoChannelBusy) {
  Results results;
  Memory memory;
  AttentionSpec spec = attention_spec();
  spec.kv_memory = KvMemory::sram;
  spec.sram_bandwidth = Bandwidth(4e9);  // 4 bytes a ns
  AttentionUnitModule unit("unit", spec, IdlePolicy::always_on, memory, results);
  unit.attend(1, {.macs = 1000, .scores = 32, .kv_read_bytes = 72, .kv_write_bytes = 8}, 2);
  run_until(ns(29) - Time(1));
  EXPECT_EQ(results.of.count(1), 0U);
  run_until(ns(29));  // 80 bytes take 20 ns, longer than the products' 10; then softmax 4 and latency 5
  EXPECT_EQ(results.of.count(1), 1U);
  unit.attend(2, {.macs = 1000, .scores = 32, .kv_read_bytes = 24, .kv_write_bytes = 8}, 2);
  run_until(ns(100));
  EXPECT_EQ(results.of[2].end, ns(29 + 10 + 9));  // 32 bytes take 8 ns, the products 10
  EXPECT_EQ(memory.last.read_bytes + memory.last.write_bytes, 0);
}

TEST(AttentionUnit, ASleepingUnitAsksForTheCacheWhenAwake) {
  Results results;
  Memory memory;
  AttentionSpec spec = attention_spec();
  spec.idle.wake_latency = ns(100);
  AttentionUnitModule unit("unit", spec, IdlePolicy::power_gated, memory, results);
  run_until(ns(50));  // idle since the beginning
  unit.attend(1, {.macs = 1000, .scores = 0, .kv_read_bytes = 40, .kv_write_bytes = 0}, 0);
  run_until(ns(150) - Time(1));
  EXPECT_EQ(memory.requests, 0);
  run_until(ns(1000));
  EXPECT_EQ(memory.requested, ns(150));
  EXPECT_EQ(results.of[1].begin, ns(150));
  EXPECT_EQ(results.of[1].end, ns(150 + 40 + 5));
  EXPECT_EQ(unit.activity().busy(), ns(45));
  EXPECT_EQ(unit.activity().wakes(), 1);
}

TEST(DigitalUnit, WorkThatComesWhileItWakesWaitsItsTurn) {
  Results results;
  Memory memory;
  DigitalSpec spec = digital_spec();
  spec.idle.wake_latency = ns(100);
  DigitalUnitModule unit("unit", spec, IdlePolicy::power_gated, memory, results);
  run_until(ns(50));
  unit.vector(1, VectorOperation::add, 640, {});  // 10 ns
  run_until(ns(60));
  unit.vector(2, VectorOperation::add, 640, {});
  run_until(ns(1000));
  EXPECT_EQ(results.of[1].end, ns(160));
  EXPECT_EQ(results.of[2].end, ns(170));
  EXPECT_EQ(unit.activity().wakes(), 1);
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
  EXPECT_EQ(memory.requested, ns(51));  // 1 ns of memory, then the latency
}

}  // namespace
}  // namespace aimc::tiles
