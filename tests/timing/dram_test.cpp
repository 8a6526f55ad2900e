#include "interconnect/sc/dram_channel_module.h"

#include <gtest/gtest.h>

#include "tests/timing/simulation.h"

namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;

DramSpec ten_gigabytes() {
  DramSpec spec;
  spec.bandwidth = Bandwidth(10e9);
  spec.latency = ns(50);
  return spec;
}

TEST(DramChannel, FirstByteAfterTheLatencyThenBandwidth) {
  DramChannelModule channel("memory", ten_gigabytes());
  EXPECT_EQ(channel.transfer(1000), ns(50 + 100));
}

TEST(DramChannel, RequestsQueueAndTheirLatenciesOverlap) {
  DramChannelModule channel("memory", ten_gigabytes());
  EXPECT_EQ(channel.transfer(1000), ns(150));
  EXPECT_EQ(channel.transfer(1000), ns(250));
  run_until(ns(150));
  EXPECT_EQ(channel.transfer(100), ns(200 + 10 + 50));
  run_until(ns(1000));
  EXPECT_EQ(channel.transfer(100), ns(1000 + 10 + 50));
  EXPECT_EQ(channel.busy(), ns(220));
  EXPECT_EQ(channel.bytes(), 2200);
  EXPECT_EQ(channel.idle_gaps(), 1);
}

TEST(DramChannel, NoBytesTakeNoTime) {
  DramChannelModule channel("memory", ten_gigabytes());
  run_until(ns(7));
  EXPECT_EQ(channel.transfer(0), ns(7));
  EXPECT_EQ(channel.busy(), Time{});
}

}  // namespace
}  // namespace aimc::interconnect
