#include "tiles/spec/digital_spec.h"

#include <gtest/gtest.h>

#include <array>

namespace aimc::tiles {
namespace {

TEST(VectorTime, LatencyPlusLanes) {
  DigitalSpec spec;
  spec.clock = Frequency(2e9);
  spec.lanes = 16;
  spec.rms_norm = {4, Time(5'000)};
  EXPECT_EQ(vector_time(spec, VectorOperation::rms_norm, 64), Time(5'000 + 8'000));
  EXPECT_EQ(vector_time(spec, VectorOperation::rms_norm, 65), Time(5'000 + 8'500))
      << "17 cycles: the last one part full";
}

TEST(VectorTime, WithoutLanesOnlyTheLatencyCounts) {
  DigitalSpec spec;
  spec.add = {1, Time(10'000)};
  EXPECT_EQ(vector_time(spec, VectorOperation::add, 1 << 20), Time(10'000));
}

TEST(MatmulTime, CyclesOfTheMacArray) {
  DigitalSpec spec;
  spec.clock = Frequency(1e9);
  spec.macs_per_cycle = 1024;
  EXPECT_EQ(matmul_time(spec, 1024 * 3 + 1), Time(4'000));
}

TEST(DigitalSpec, EveryOperationHasACostAndAName) {
  DigitalSpec spec;
  spec.embed.operations = 1;
  spec.sample.operations = 2;
  spec.range_maximum.operations = 3;
  EXPECT_EQ(spec.cost(VectorOperation::embed).operations, 1);
  EXPECT_EQ(spec.cost(VectorOperation::sample).operations, 2);
  EXPECT_EQ(spec.cost(VectorOperation::range_maximum).operations, 3);
  EXPECT_EQ(name(VectorOperation::range_maximum), "range_maximum");
}

// The table of hardware 6.2, per layer: KV bytes read at int8, and MACs.
TEST(AttentionWork, TableOfPhi3MiniAndLlama) {
  AttentionSpec spec;
  spec.kv_bits = 8;
  constexpr std::int64_t mebibyte = 1 << 20;
  const AttentionShape phi{32, 32, 96, 0}, llama{32, 8, 64, 0};
  EXPECT_EQ(32 * attention_work(spec, phi, 128).kv_read_bytes, 24 * mebibyte);
  EXPECT_EQ(32 * attention_work(spec, phi, 4096).kv_read_bytes, 768 * mebibyte);
  EXPECT_EQ(32 * attention_work(spec, phi, 1).kv_write_bytes, 196'608);
  EXPECT_EQ(16 * attention_work(spec, llama, 1024).kv_read_bytes, 16 * mebibyte);
  EXPECT_EQ(16 * attention_work(spec, llama, 77).kv_write_bytes, 16'384);
  EXPECT_NEAR(32.0 * static_cast<double>(attention_work(spec, phi, 1024).macs), 201e6, 0.5e6);
  EXPECT_NEAR(16.0 * static_cast<double>(attention_work(spec, llama, 4096).macs), 268e6, 0.5e6);
  spec.kv_bits = 16;
  EXPECT_EQ(32 * attention_work(spec, phi, 128).kv_read_bytes, 48 * mebibyte);
}

TEST(AttentionWork, TheWindowLimitsWhatIsSeen) {
  const AttentionSpec spec;
  const AttentionShape windowed{4, 2, 8, 10};
  EXPECT_EQ(attention_work(spec, windowed, 100).scores, 40);
  EXPECT_EQ(attention_work(spec, windowed, 7).scores, 28);
  EXPECT_EQ(attention_work(spec, windowed, 100).kv_read_bytes, attention_work(spec, windowed, 10).kv_read_bytes);
}

TEST(AttentionWork, ABlockOfPromptTokensSharesAPass) {
  AttentionSpec spec;
  spec.query_block = 4;
  const std::array<std::int64_t, 6> of_ten{queries_served(spec, 0, 10), queries_served(spec, 2, 10),
                                           queries_served(spec, 3, 10), queries_served(spec, 7, 10),
                                           queries_served(spec, 8, 10), queries_served(spec, 9, 10)};
  EXPECT_EQ(of_ten, (std::array<std::int64_t, 6>{0, 0, 4, 4, 0, 2})) << "blocks 0-3, 4-7 and the rest, 8-9";
  EXPECT_EQ(queries_served(spec, 10, 10), 1) << "decode";
  const AttentionShape shape{4, 2, 8, 0}, windowed{4, 2, 8, 10};  // 64 bytes a position
  EXPECT_EQ(attention_work(spec, shape, 50, 0).kv_read_bytes, 0);
  EXPECT_EQ(attention_work(spec, shape, 50, 0).kv_write_bytes, 64);
  EXPECT_EQ(attention_work(spec, shape, 50, 0).macs, attention_work(spec, shape, 50).macs);
  EXPECT_EQ(attention_work(spec, shape, 50, 4).kv_read_bytes, 50 * 64);
  // Tokens 47 to 50 see 10 positions each: 38 to 50 together.
  EXPECT_EQ(attention_work(spec, windowed, 50, 4).kv_read_bytes, 13 * 64);
}

TEST(AttentionTime, ProductsThenSoftmax) {
  AttentionSpec spec;
  spec.clock = Frequency(1e9);
  spec.macs_per_cycle = 100;
  spec.softmax_per_cycle = 4;
  spec.latency = Time(7'000);
  AttentionWork work;
  work.macs = 1'000;
  work.scores = 9;
  EXPECT_EQ(attention_time(spec, work).products, Time(10'000));
  EXPECT_EQ(attention_time(spec, work).softmax, Time(7'000 + 3'000));
  spec.macs_per_cycle = 0;
  spec.softmax_per_cycle = 0;
  EXPECT_EQ(attention_time(spec, work).products, Time{});
  EXPECT_EQ(attention_time(spec, work).softmax, Time(7'000));
}

}  // namespace
}  // namespace aimc::tiles
