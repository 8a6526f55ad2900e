#include "sim/timing/tile_bench.h"

#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/timing/simulation.h"

namespace aimc::sim {
namespace {

using aimc::testing::ns;

/// IBM's HERMES core: 256 x 256, 8-bit PWM of 1 ns ticks and 2 ns more, a converter for each column (hardware.md 1.1).
HardwareSpec hermes_core() {
  HardwareSpec hardware;
  tiles::TileSpec& tile = hardware.tile;
  tile.rows = tile.columns = 256;
  tile.input.pulse_tick = ns(1);
  tile.input.mvm_overhead = ns(2);
  tile.clock = Frequency(1e9);
  tile.load_bytes_per_cycle = 16;
  tile.send_bytes_per_cycle = 32;
  tile.affine_per_cycle = 32;
  tile.accumulate_per_cycle = 32;
  return hardware;
}

TEST(TileBench, HermesCoreMultipliesEvery130Nanoseconds) {
  const TileMeasurement measured = measure_tile(hermes_core(), 100);
  EXPECT_EQ(measured.period, ns(130));            // 1.008 TOPS published: 131072 / 1.008e12 = 130.0 ns
  EXPECT_EQ(measured.latency, ns(16 + 130 + 8));  // 256 bytes at 16 a cycle, 256 columns at 32 a cycle
}

TEST(TileBench, FourPhasesTakeFourIntegrations) {
  HardwareSpec hardware = hermes_core();
  hardware.tile.input.phases = 4;
  EXPECT_EQ(measure_tile(hardware, 100).period, ns(4 * 128 + 2));
}

TEST(TileBench, ASlowInputBufferSetsThePace) {
  HardwareSpec hardware = hermes_core();
  hardware.tile.load_bytes_per_cycle = 1;
  EXPECT_EQ(measure_tile(hardware, 100).period, ns(256));
}

TEST(TileBench, ArraysShareTheInputBuffer) {
  HardwareSpec hardware = hermes_core();
  hardware.tile.arrays = 5;
  EXPECT_EQ(measure_tile(hardware, 100).period, ns(130.0 / 5));
  EXPECT_EQ(tile_period(hardware.tile, mvm_timing(hardware.tile, 256, 256)), ns(130.0 / 5));
}

TEST(TileBench, ManyArraysAreFedBySixteenBytesACycle) {
  HardwareSpec hardware = hermes_core();
  hardware.tile.arrays = 16;  // 130 / 16 = 8.1 ns, 256 bytes take 16 ns
  EXPECT_EQ(measure_tile(hardware, 100).period, ns(16));
  EXPECT_EQ(tile_period(hardware.tile, mvm_timing(hardware.tile, 256, 256)), ns(16));
}

TEST(TileBench, ASecondElaborationIsRefused) {
  measure_tile(hermes_core(), 4);
  EXPECT_THROW(measure_tile(hermes_core(), 4), InternalError);
}

}  // namespace
}  // namespace aimc::sim
