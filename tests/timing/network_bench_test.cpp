#include "sim/timing/network_bench.h"

#include <gtest/gtest.h>

#include <random>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "tests/timing/cycle_mesh.h"

// 8 x 8 mesh, XY, 4 virtual channels of 8 flits, packets of 4 flits.
namespace aimc::sim {
namespace {

using aimc::testing::CycleMesh;

NetworkBenchSpec anchor(TrafficPattern pattern) {
  NetworkBenchSpec spec;
  spec.network.clock = Frequency(1e9);
  spec.network.header_bits = 0;
  spec.network.virtual_channels = 4;
  spec.network.buffer_flits = 8;
  spec.grid = {8, 8};
  spec.pattern = pattern;
  spec.cycles = 16000;
  return spec;
}

double saturation(const std::vector<NetworkBenchResult>& sweep) {
  double highest = 0;
  for (const NetworkBenchResult& result : sweep) {
    if (!result.saturated()) highest = result.offered;
  }
  return highest;
}

/// What a network simulated by cycles does under Bernoulli traffic of its own.
struct Reference {
  double latency = 0;   ///< mean
  double accepted = 0;  ///< flits a cycle and node
};
Reference reference(const CycleMesh& mesh, TrafficPattern pattern, double rate, std::int64_t cycles = 16000) {
  const int nodes = mesh.width * mesh.height;
  std::mt19937 random(17);
  std::bernoulli_distribution sends(rate / mesh.packet_flits);
  std::vector<CycleMesh::Packet> packets;
  for (std::int64_t cycle = 0; cycle < cycles; ++cycle) {
    for (int node = 0; node < nodes; ++node) {
      int to = node % mesh.width * mesh.width + node / mesh.width;
      if (pattern == TrafficPattern::uniform)
        to = (node + 1 + static_cast<int>(random() % static_cast<unsigned>(nodes - 1))) % nodes;
      if (to != node && sends(random)) packets.push_back({node, to, cycle});
    }
  }
  mesh.run(packets, 4 * cycles);
  double sum = 0, count = 0, arrived = 0;
  for (const CycleMesh::Packet& packet : packets) {
    if (packet.done > cycles / 4 && packet.done <= cycles) ++arrived;
    if (packet.born < cycles / 4) continue;
    EXPECT_GE(packet.done, 0);
    sum += static_cast<double>(packet.done - packet.born);
    ++count;
  }
  return {sum / count, arrived * mesh.packet_flits / (0.75 * static_cast<double>(cycles) * nodes)};
}
double reference_latency(TrafficPattern pattern, double rate) { return reference({}, pattern, rate).latency; }

TEST(NetworkBench, TransposeSaturatesAtASeventh) {
  // Row y sends y packets over its link into column y: the link between columns 6 and 7 of row 7 carries seven.
  EXPECT_NEAR(saturation(NetworkBench(anchor(TrafficPattern::transpose)).sweep()), 1.0 / 7, 0.05 / 7);
}

TEST(NetworkBench, UniformTrafficSaturatesBelowTheBisection) {
  const double rate = saturation(NetworkBench(anchor(TrafficPattern::uniform)).sweep());
  EXPECT_GT(rate, 0.36);
  EXPECT_LT(rate, 0.50);
}

TEST(NetworkBench, LatencyOfTransposeIsThatOfAMeshSimulatedByCycles) {
  NetworkBench bench(anchor(TrafficPattern::transpose));
  for (const double rate : {0.02, 0.05, 0.6 / 7}) {
    const double expected = reference_latency(TrafficPattern::transpose, rate);
    EXPECT_NEAR(bench.measure(rate).mean_latency, expected, 0.1 * expected) << rate;
  }
}

TEST(NetworkBench, LatencyOfUniformTrafficIsThatOfAMeshSimulatedByCycles) {
  NetworkBench bench(anchor(TrafficPattern::uniform));
  for (const double rate : {0.05, 0.15, 0.25}) {
    const double expected = reference_latency(TrafficPattern::uniform, rate);
    EXPECT_NEAR(bench.measure(rate).mean_latency, expected, 0.1 * expected) << rate;
  }
}

/// 8 x 8, or a ring of 16.
NetworkBenchSpec circles(interconnect::Topology topology) {
  NetworkBenchSpec spec = anchor(TrafficPattern::uniform);
  spec.network.topology = topology;
  if (topology == interconnect::Topology::ring) spec.grid = {4, 4};
  return spec;
}
CycleMesh circles_by_cycles(interconnect::Topology topology) {
  CycleMesh mesh;
  mesh.circles = true;
  if (topology == interconnect::Topology::ring) mesh.width = 16, mesh.height = 1;
  return mesh;
}

struct CirclesCase {
  interconnect::Topology topology;
  std::vector<double> rates;  ///< up to 60 % of where the mean latency is three times that of the empty network
};
class Circles : public ::testing::TestWithParam<CirclesCase> {};

TEST_P(Circles, LatencyIsThatOfANetworkSimulatedByCycles) {
  const auto& [topology, rates] = GetParam();
  NetworkBench bench(circles(topology));
  for (const double rate : rates) {
    const double expected = reference(circles_by_cycles(topology), TrafficPattern::uniform, rate).latency;
    EXPECT_NEAR(bench.measure(rate).mean_latency, expected, 0.1 * expected) << rate;
  }
}
INSTANTIATE_TEST_SUITE_P(TorusAndRing, Circles,
                         ::testing::Values(CirclesCase{interconnect::Topology::torus, {0.1, 0.2, 0.29}},
                                           CirclesCase{interconnect::Topology::ring, {0.05, 0.1, 0.18}}));

// By cycles a torus takes 0.50 flits a cycle and node, and not 0.55.
TEST(NetworkBench, ATorusAcceptsWhatOneSimulatedByCyclesAccepts) {
  const CycleMesh torus = circles_by_cycles(interconnect::Topology::torus);
  ASSERT_GT(reference(torus, TrafficPattern::uniform, 0.50, 4000).accepted, 0.95 * 0.50);
  ASSERT_LT(reference(torus, TrafficPattern::uniform, 0.55, 8000).accepted, 0.95 * 0.55);
  const double accepted = NetworkBench(circles(interconnect::Topology::torus)).measure(0.7).accepted;
  EXPECT_GT(accepted, 0.9 * 0.50);
  EXPECT_LT(accepted, 1.1 * 0.50);
}

TEST(NetworkBench, AnEmptyMeshTakesHopsPlusFlits) {
  NetworkBenchSpec spec = anchor(TrafficPattern::neighbor);  // two hops, or one and seven, or fourteen
  spec.network.hop_cycles = 3;
  const NetworkBenchResult result = NetworkBench(spec).measure(0.001);
  EXPECT_NEAR(result.zero_load_latency, 3 * 2 * (7 * 1 + 1 * 7) / 8.0 + 4, 0.5);
  EXPECT_NEAR(result.mean_latency, result.zero_load_latency, 0.2);
  EXPECT_GE(result.mean_latency, result.zero_load_latency);
}

TEST(NetworkBench, EndsWhenInterrupted) {
  NetworkBench bench(anchor(TrafficPattern::uniform));
  request_interrupt();
  EXPECT_THROW(bench.measure(0.1), Interrupted);
  clear_interrupt();
}

TEST(NetworkBench, LosesNothingAndRepeatsItself) {
  NetworkBenchSpec spec = anchor(TrafficPattern::hotspot);
  spec.network.topology = interconnect::Topology::torus;
  spec.cycles = 4000;
  NetworkBench bench(spec);
  const NetworkBenchResult first = bench.measure(0.3), again = bench.measure(0.3);
  EXPECT_TRUE(first.saturated());  // a fifth of 63 x 0.3 flits a cycle for a port that takes one
  EXPECT_EQ(first.mean_latency, again.mean_latency);
  EXPECT_EQ(first.p99_latency, again.p99_latency);
  EXPECT_EQ(first.accepted, again.accepted);
}

TEST(NetworkBench, ATorusIsFasterThanAMesh) {
  NetworkBenchSpec spec = anchor(TrafficPattern::uniform);
  spec.cycles = 4000;
  spec.network.topology = interconnect::Topology::torus;
  const double torus = NetworkBench(spec).measure(0.35).mean_latency;
  EXPECT_LT(torus, reference_latency(TrafficPattern::uniform, 0.35));
}

}  // namespace
}  // namespace aimc::sim
