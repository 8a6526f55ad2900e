#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "sim/mapping/mapper.h"
#include "tests/timing/hand_made.h"
#include "tests/timing/small_model.h"

// Programs made by the mapper, played whole.
namespace aimc::sim {
namespace {

using aimc::testing::dump_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using aimc::testing::small_model;

Program map(const workloads::ModelConfig& config, std::int64_t tiles_per_chip, LinearUnit unit = LinearUnit::analog,
            Index array = 64) {
  HardwareSpec hardware = HandMade().program.hardware;
  hardware.tile.rows = hardware.tile.columns = array;
  hardware.chip.tiles = tiles_per_chip;
  hardware.network.topology = interconnect::Topology::mesh;
  return map_in_order(workloads::build_graph(config), hardware, [=](const workloads::Node&) { return unit; });
}

constexpr std::int64_t arrays_of_head = 16, arrays_of_layers = aimc::testing::small_model_arrays - arrays_of_head;

TEST(Mapped, EveryArrayMultipliesOnceForEachOfItsTokens) {
  const TimingResult result = simulate_timing(map(small_model(), 20), InferenceWorkload::single(10, 4));
  EXPECT_EQ(result.mvms, arrays_of_layers * 13 + arrays_of_head * 4);
  EXPECT_EQ(result.counts.total(Action::mvm), result.mvms);
  // Converters: a conversion for each column of each row tile.
  const std::int64_t layer_columns = 2 * (128 + 64 + 64 + 128 + 320 + 320) + 5 * 128;
  EXPECT_EQ(result.counts.total(Action::adc_conversion), 2 * layer_columns * 13 + 2 * 500 * 4);
  EXPECT_EQ(result.counts.total(Action::accumulate), 2 * (128 + 64 + 64 + 128 + 320 + 320 + 4 * 128) * 13 + 500 * 4);
  EXPECT_EQ(result.counts.total(Action::kv_write_byte), 2 * (2 * 2 * 32 * 2) * 13);
  EXPECT_EQ(result.counts.total(Action::kv_read_byte), 2 * (2 * 2 * 32 * 2) * (13 * 14 / 2));
}

TEST(Mapped, ADecodePassTakesFourMvmStagesALayerAndTheHead) {
  const TimingResult result = simulate_timing(map(small_model(), 20), InferenceWorkload::single(4, 6));
  // Every stage has row tiles, so each adds one partial sum at its end: 102 + 1 ns.
  EXPECT_EQ(result.decode.analog_mvm, 5 * (4 * 2 + 1) * ns(103));
  EXPECT_EQ(result.decode.total(), result.elapsed - result.time_to_first_token());
  EXPECT_TRUE(std::ranges::is_sorted(result.token_times));
  EXPECT_GT(result.time_per_output_token(), 9 * ns(100));
}

TEST(Mapped, APromptIsFasterThanItsTokensOneByOne) {
  const TimingResult result = simulate_timing(map(small_model(), 100), InferenceWorkload::single(16, 17));
  // 16 tokens one by one in decode against 16 that stream through.
  EXPECT_LT(result.time_to_first_token().picoseconds() * 2,
            (result.elapsed - result.time_to_first_token()).picoseconds());
}

TEST(Mapped, DigitalLinearsStreamTheirWeights) {
  const TimingResult result =
      simulate_timing(map(small_model(), 20, LinearUnit::digital), InferenceWorkload::single(3, 2));
  const std::int64_t layer_weights = 128 * (128 + 64 + 64 + 128 + 320 + 320 + 320), head_weights = 128 * 500;
  EXPECT_EQ(result.counts.total(Action::digital_mac), 2 * layer_weights * 4 + head_weights * 2);
  EXPECT_EQ(result.counts.total(Action::weight_read_byte),
            (2 * layer_weights * 2 + head_weights * 2) / 2);  // once for the prompt
  EXPECT_EQ(result.mvms, 0);
}

TEST(Mapped, TheSameChipsGiveTheSameTimeline) {
  // A stored timeline, in picoseconds: a change of it is a change of the model of time and needs a reason. Last one:
  // each side of a chip has a gateway of its own (one for all before), so packets queue less for the chip links.
  const TimingResult result = simulate_timing(map(small_model(), 20), InferenceWorkload::single(10, 3));
  std::vector<std::int64_t> times;
  for (const Time time : result.token_times) times.push_back(time.picoseconds());
  EXPECT_EQ(times, (std::vector<std::int64_t>{7389600, 11547600, 15756800}));
}

TEST(Mapped, RunsAreRepeatable) {
  const Program program = map(small_model(), 20);
  const InferenceWorkload workload = InferenceWorkload::single(12, 3);
  EXPECT_EQ(dump_of_child(program, workload), dump_of_child(program, workload));
}

/// A dump's sampled tokens, its counts (as text) and its deviation.
struct Dumped {
  std::vector<double> tokens;
  std::string counts, traffic;
  double elapsed = 0, deviation = 0;
  std::int64_t simulated = 0;
};
Dumped read_dump(const std::string& dump) {
  Dumped read;
  std::istringstream lines(dump);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("token ")) {
      read.tokens.push_back(std::stod(line.substr(6)));
    } else if (line.starts_with("simulated ")) {
      read.simulated = std::stoll(line.substr(10));
    } else if (line.starts_with("deviation ")) {
      read.deviation = std::stod(line.substr(10));
    } else if (line.find(": ") != std::string::npos) {
      read.counts += line + "\n";
    } else if (read.traffic.empty()) {
      read.elapsed = std::stod(line);
      read.traffic = line.substr(line.find(' '), line.find(" link") - line.find(' '));
    }
  }
  return read;
}

TEST(Mapped, SampledDecodeIsExactDecodeWithinItsBound) {
  workloads::ModelConfig windowed = small_model();
  windowed.sliding_window = 40;
  for (const Program& program : {map(small_model(), 20), map(small_model(), 100), map(windowed, 20),
                                 map(small_model(), 20, LinearUnit::digital)}) {
    const auto workload = InferenceWorkload::single(10, 120);
    const Dumped sampled = read_dump(dump_of_child(program, workload));
    const Dumped exact = read_dump(dump_of_child(program, workload, {.exact = true}));
    EXPECT_EQ(exact.simulated, 119);
    EXPECT_LT(sampled.simulated, 20);
    EXPECT_EQ(sampled.counts, exact.counts);
    EXPECT_EQ(sampled.traffic, exact.traffic);
    EXPECT_LE(sampled.deviation, 0.001);
    ASSERT_EQ(sampled.tokens.size(), exact.tokens.size());
    EXPECT_EQ(sampled.tokens.front(), exact.tokens.front());
    for (std::size_t i = 1; i < exact.tokens.size(); ++i) {
      const double decoding = exact.tokens[i] - exact.tokens.front();
      EXPECT_NEAR(sampled.tokens[i] - sampled.tokens.front(), decoding, std::max(1e-6, sampled.deviation) * decoding);
    }
  }
}

InferenceWorkload several(std::int64_t requests, Batching batching = Batching::none) {
  InferenceWorkload workload = InferenceWorkload::single(6, 240);
  workload.requests.resize(static_cast<std::size_t>(requests), workload.requests.front());
  workload.batching = batching;
  return workload;
}

// Each run against its exact one: work to the last count, times within what it says of itself. Fewer tokens simulated
// where that is asked for; requests that never meet alike may fall back to all of them.
void expect_sampled_as_exact(const Program& program, const InferenceWorkload& workload, bool fewer) {
  const double tolerance = workload.batching == Batching::iteration ? 0.001 : 0.02;
  const Dumped sampled = read_dump(dump_of_child(program, workload, {.sampling_tolerance = tolerance}));
  const Dumped exact = read_dump(dump_of_child(program, workload, {.exact = true}));
  EXPECT_EQ(exact.simulated, 239 * std::ssize(workload.requests));
  EXPECT_LE(sampled.simulated, fewer ? exact.simulated / 2 : exact.simulated);
  EXPECT_EQ(sampled.counts, exact.counts);
  EXPECT_EQ(sampled.traffic, exact.traffic);
  const double error = sampled.deviation + 1e-9;
  EXPECT_NEAR(sampled.elapsed, exact.elapsed, error * exact.elapsed);
  ASSERT_EQ(sampled.tokens.size(), exact.tokens.size());
  for (std::size_t i = 0; i < exact.tokens.size(); ++i) {
    EXPECT_NEAR(sampled.tokens[i], exact.tokens[i], error * exact.elapsed) << "token " << i;
  }
}

TEST(Mapped, SampledDecodeOfSeveralRequestsIsExactDecode) {
  for (const std::int64_t requests : {2, 3, 4}) {
    expect_sampled_as_exact(map(small_model(), 100), several(requests), false);
  }
}

// How they meet may change what a token takes by more than a small tolerance allows.
TEST(Mapped, ASmallToleranceOfSeveralRequestsSimulatesAll) {
  const Dumped all = read_dump(dump_of_child(map(small_model(), 100), several(2)));
  EXPECT_EQ(all.simulated, 2 * 239);
  EXPECT_EQ(all.deviation, 0);
}

TEST(Mapped, SampledDecodeOfSeveralRequestsKeepsToSlidingWindows) {
  workloads::ModelConfig windowed = small_model();
  windowed.sliding_window = 90;
  expect_sampled_as_exact(map(windowed, 100), several(2), false);
}

TEST(Mapped, SampledDecodeOfIterationsStreamsWeightsOnceForAll) {
  expect_sampled_as_exact(map(small_model(), 20, LinearUnit::digital), several(3, Batching::iteration), true);
  expect_sampled_as_exact(map(small_model(), 20, LinearUnit::digital), several(4), true);
}

TEST(Mapped, ACacheInSramLeavesTheMemoryChannels) {
  Program program = map(small_model(), 20);
  program.hardware.attention.kv_memory = tiles::KvMemory::sram;
  program.hardware.attention.sram_bandwidth = Bandwidth(1e9);
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(4, 3), {.exact = true});
  // Two layers, 2 heads of 32 for keys and for values at 16 bits: 256 bytes a position; positions 1 to 6.
  EXPECT_EQ(result.counts.total(Action::kv_sram_write_byte), 2 * 256 * 6);
  EXPECT_EQ(result.counts.total(Action::kv_sram_read_byte), 2 * 256 * (6 * 7 / 2));
  EXPECT_EQ(result.counts.total(Action::kv_read_byte), 0);
  // The stream of a decode pass at 1 byte a ns, nothing beside it: 5 + 1 and 6 + 1 positions a layer. The embedding row
  // of 256 bytes comes from memory in 50 + 25.6 ns, beside the 10 ns of handling it.
  EXPECT_EQ(result.decode.kv_memory, 2 * ns(256.0 * (6 + 7)) + 2 * ns(65.6));
}

TEST(Mapped, KvTrafficOfLlama1BIsThatOfItsShape) {
  const std::filesystem::path file =
      std::filesystem::path(AIMC_SOURCE_DIR) / "../shared/data/configs/Llama-3.2-1B.config.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  Program program = map(workloads::read_model_config(file), 5000, LinearUnit::analog, 512);
  program.hardware.attention.kv_bits = 8;
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(1, 2));
  EXPECT_EQ(result.counts.total(Action::kv_write_byte), 2 * 16384);  // hardware.md 6.2, bytes a token at int8
  EXPECT_EQ(result.counts.total(Action::kv_read_byte), (1 + 2) * 16384);
  // Static products: every weight once for each token, the head (262.7 M) for both; hardware.md 6.1: 1.2357 G a token.
  EXPECT_NEAR(static_cast<double>(result.counts.total(Action::cell_read)), 2 * 1.2357e9, 1e5 * 2);
}

}  // namespace
}  // namespace aimc::sim
