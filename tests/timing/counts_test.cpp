#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

// Counts of a small program, every one by hand.
namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using tiles::VectorOperation;

class CountsTest : public ::testing::Test {
 protected:
  CountsTest() {
    embed = made.embed();
    norm = made.vector(VectorOperation::rms_norm, 0, {embed});
    codes = made.vector(VectorOperation::quantize, 0, {norm});
    upper = made.mvm(0, codes, 0);
    lower = made.mvm(1, codes, 64);
    sum = made.accumulate(0, {upper, lower});
    attention = made.attention(0, {sum});
    product = made.matmul(1, attention);
    made.sample(2, {product});
    use_mesh();
    result = simulate_timing(made.program, InferenceWorkload::single(3, 3));
  }
  void use_mesh() {
    interconnect::NetworkSpec& network = made.program.hardware.network;
    network.topology = interconnect::Topology::mesh;
    network.flit_bits = 64;
    network.header_bits = 64;
  }
  [[nodiscard]] std::int64_t at(Action action, StepId step, Phase phase) const {
    return result.counts.at({action, step, phase, 0});
  }

  HandMade made;
  StepId embed, norm, codes, upper, lower, sum, attention, product;
  TimingResult result;
};

TEST_F(CountsTest, ArraysAndConverters) {
  for (const StepId mvm : {upper, lower}) {
    EXPECT_EQ(at(Action::mvm, mvm, Phase::prefill), 3);
    EXPECT_EQ(at(Action::mvm, mvm, Phase::decode), 2);
    EXPECT_EQ(at(Action::dac_conversion, mvm, Phase::decode), 2 * 64);
    EXPECT_EQ(at(Action::adc_conversion, mvm, Phase::decode), 2 * 64);
    EXPECT_EQ(at(Action::cell_read, mvm, Phase::decode), 2 * 64 * 64);
    EXPECT_EQ(at(Action::affine, mvm, Phase::decode), 2 * 64);
    EXPECT_EQ(at(Action::input_register, mvm, Phase::decode), 2 * 64);
    EXPECT_EQ(at(Action::output_register, mvm, Phase::decode), 2 * 128);
  }
  EXPECT_EQ(at(Action::accumulate, sum, Phase::prefill), 3 * 64);  // two sums meet: one addition a column
  EXPECT_EQ(result.counts.total(Action::mvm), 2 * 5);
}

TEST_F(CountsTest, DigitalUnits) {
  EXPECT_EQ(at(Action::vector_operation, norm, Phase::prefill), 3 * 64 * 4);
  EXPECT_EQ(at(Action::quantize, codes, Phase::prefill), 3 * 64);
  EXPECT_EQ(at(Action::digital_mac, product, Phase::decode), 2 * 64 * 64);
  EXPECT_EQ(at(Action::weight_read_byte, product, Phase::decode), 2 * 2048);
  EXPECT_EQ(at(Action::embedding_read_byte, embed, Phase::prefill), 3 * 128);
  EXPECT_EQ(result.counts.total(Action::sample), 3 * 64);
  EXPECT_EQ(at(Action::digital_sram, norm, Phase::prefill), 3 * (128 + 128));
  EXPECT_EQ(at(Action::digital_sram, codes, Phase::prefill), 3 * (128 + 64));
  EXPECT_EQ(at(Action::digital_sram, embed, Phase::prefill), 3 * (128 + 128));
}

TEST_F(CountsTest, AttentionAndItsCache) {
  EXPECT_EQ(at(Action::attention_mac, attention, Phase::prefill), 2 * 64 * (1 + 2 + 3));
  EXPECT_EQ(at(Action::attention_mac, attention, Phase::decode), 2 * 64 * (4 + 5));
  EXPECT_EQ(at(Action::softmax, attention, Phase::decode), 4 + 5);
  EXPECT_EQ(at(Action::kv_read_byte, attention, Phase::decode), 256 * (4 + 5));
  EXPECT_EQ(at(Action::kv_write_byte, attention, Phase::decode), 256 * 2);
  EXPECT_EQ(at(Action::attention_sram, attention, Phase::decode), 256 * (4 + 5 + 2) + 2 * (128 + 64));
}

TEST_F(CountsTest, FlitsTimesHopsPerOperator) {
  // 16 tiles on 4 x 4 nodes; digital unit 0 of 4 at place 2, tile 0 at place 0, tile 1 at place 1.
  EXPECT_EQ(at(Action::flit_hop, codes, Phase::decode), 2 * 9 * (2 + 1));  // 64 bytes: 8 flits and a header
  EXPECT_EQ(at(Action::flit_hop, lower, Phase::decode), 2 * 17 * 1);       // 128 bytes from tile 1 to tile 0
  EXPECT_EQ(at(Action::flit_hop, upper, Phase::decode), 0);                // stays in its tile
  EXPECT_EQ(at(Action::flit_hop, norm, Phase::decode), 0);                 // stays in its unit
  EXPECT_EQ(result.bytes_sent, result.bytes_received);
  EXPECT_EQ(result.bytes_sent, 5 * (64 + 64 + 128 + 128 + 64) + 3 * 128);
}

TEST_F(CountsTest, UnitsThatWorked) {
  for (const UnitActivity& row : result.activity) {
    if (row.component == Component::crossbar_tile) {
      EXPECT_EQ(row.units, 16);
      EXPECT_EQ(row.used, 2);
      EXPECT_GT(row.busy, 10 * aimc::testing::ns(102));
      EXPECT_LT(row.busy, 2 * result.elapsed);
    }
    if (row.component == Component::digital_unit) {
      EXPECT_EQ(row.used, 3);
    }
    if (row.component == Component::attention_unit) {
      EXPECT_EQ(row.used, 1);
    }
    if (row.component == Component::dram) {
      EXPECT_EQ(row.units, 1);
    }
  }
}

}  // namespace
}  // namespace aimc::sim
