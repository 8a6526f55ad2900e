#include "sim/mapping/kv_capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;

// 2 KV heads of 16: 2 x 32 values of 16 bits, 128 bytes a position and layer; two layers on two attention units.
Program mapped(const HardwareSpec& hardware) { return map_in_order(handmade_decoder({}), hardware, all_analog); }

std::string message_of(const Program& program, const KvDemand& demand) {
  try {
    check_kv_caches_fit(program, demand);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(KvCapacity, SramOfAUnitHoldsItsLayers) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.attention.kv_memory = tiles::KvMemory::sram;
  hardware.attention.sram_capacity = DataSize(128 * 100 * 3);
  const Program program = mapped(hardware);
  EXPECT_EQ(program.kv_caches[0].memory, tiles::KvMemory::sram);
  EXPECT_EQ(message_of(program, {.sequences = 3, .longest = 100}), "");
  const std::string message = message_of(program, {.sequences = 3, .longest = 101});
  EXPECT_THAT(message, HasSubstr("38784 bytes"));
  EXPECT_THAT(message, HasSubstr("hardware.attention.sram_capacity"));
}

TEST(KvCapacity, AnInt8CacheTakesHalf) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.attention.kv_bits = 8;
  const Program program = mapped(hardware);
  EXPECT_EQ(kv_bytes(program, program.kv_caches[0], {.sequences = 1, .longest = 10}), 640);
}

TEST(KvCapacity, AWindowBoundsTheCache) {
  Program program = mapped(handmade_hardware(64, 64, 100));
  std::get<workloads::AttentionOp>(program.graph.nodes[program.kv_caches[0].attention].op).window = 8;
  EXPECT_EQ(kv_bytes(program, program.kv_caches[0], {.sequences = 2, .longest = 1000}), 2 * 8 * 128);
  EXPECT_EQ(kv_bytes(program, program.kv_caches[1], {.sequences = 2, .longest = 1000}), 2 * 1000 * 128);
}

TEST(KvCapacity, AChannelHoldsCachesEmbeddingAndWeights) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  const std::int64_t embedding = 300 * 64 * 2;
  hardware.dram.capacity = DataSize(embedding + 2 * 128 * 50);
  const Program program = mapped(hardware);
  EXPECT_EQ(message_of(program, {.sequences = 1, .longest = 50}), "");
  EXPECT_THAT(message_of(program, {.sequences = 1, .longest = 51}), HasSubstr("51456 bytes"));
  hardware.dram.channels = 2;  // a layer each, the embedding with the first
  EXPECT_EQ(message_of(mapped(hardware), {.sequences = 1, .longest = 100}), "");
}

}  // namespace
}  // namespace aimc::sim
