#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "tests/timing/simulation.h"
#include "tests/timing/test_network.h"

// Finite buffers: 64-bit flits at 1 GHz, one cycle a hop, no header.
namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;
using aimc::testing::TestNetwork;

NetworkSpec mesh_spec(int virtual_channels, int buffer_flits) {
  NetworkSpec spec;
  spec.clock = Frequency(1e9);
  spec.header_bits = 0;
  spec.virtual_channels = virtual_channels;
  spec.buffer_flits = buffer_flits;
  return spec;
}

TEST(RouterBuffers, ABlockedPacketHoldsTheRoutersBehindIt) {
  TestNetwork row(mesh_spec(1, 2), {}, {4, 1});
  row.send({0, 2}, {0, 3}, 640, 1);  // over 2-3 in [0, 10), its tail leaves node 3 at 11
  row.send({0, 0}, {0, 3}, 640, 2);  // at 2-3 from 11 on, so its tail leaves node 2 at 21, 1 at 19, 0 at 17
  row.send({0, 0}, {0, 1}, 640, 3);  // into node 0 at 17, where 2 has left; over 0-1 at 19, when 2 has left node 1
  run_until(ns(100));
  EXPECT_EQ(row.arrivals.at[1], ns(1 + 10));
  EXPECT_EQ(row.arrivals.at[2], ns(11 + 1 + 10));
  EXPECT_EQ(row.arrivals.at[3], ns(19 + 1 + 10));
}

TEST(RouterBuffers, ASecondVirtualChannelLetsAPacketPassABlockedOne) {
  TestNetwork row(mesh_spec(2, 2), {}, {4, 1});
  row.send({0, 2}, {0, 3}, 640, 1);
  row.send({0, 0}, {0, 3}, 640, 2);  // over 2-3 at 10; its tail leaves node 0 at 16 and its source's port at 14
  row.send({0, 0}, {0, 1}, 640, 3);
  run_until(ns(100));
  EXPECT_EQ(row.arrivals.at[2], ns(10 + 1 + 10));
  EXPECT_EQ(row.arrivals.at[3], ns(14 + 1 + 10));
}

TEST(RouterBuffers, APacketAloneNeverMeetsThem) {
  std::mt19937 random(4);
  // All modules are made before time begins.
  std::vector<std::unique_ptr<TestNetwork>> meshes;
  for (const int flits : {1, 2, 8, 1000}) {
    for (const int channels : {1, 4}) {
      meshes.push_back(std::make_unique<TestNetwork>(mesh_spec(channels, flits), ChipLinkSpec{}, Grid{4, 4}));
    }
  }
  Time now = ns(1000);
  for (const auto& mesh : meshes) {
    for (std::uint64_t cookie = 0; cookie < 5; ++cookie) {
      const NetworkPlace from{0, static_cast<MeshNode>(random() % 16)}, to{0, static_cast<MeshNode>(random() % 16)};
      const Packet sent = mesh->packet(from, {to, {0, 3}}, 640, cookie);
      run_until(now);
      mesh->network.send(sent);
      run_until(now + ns(500));
      EXPECT_EQ((mesh->arrivals.at_end[{cookie, 0}]) - now, mesh->unloaded_time(sent, 0));
      EXPECT_EQ((mesh->arrivals.at_end[{cookie, 1}]) - now, mesh->unloaded_time(sent, 1));
      now += ns(1000);
    }
  }
}

void expect_all_arrive_once(Topology topology) {
  NetworkSpec spec = mesh_spec(2, 4);
  spec.topology = topology;
  ChipLinkSpec links;
  links.bandwidth = Bandwidth(8e9);
  links.latency = ns(5);
  TestNetwork package(spec, links, {4, 3}, 3);
  std::mt19937 random(12);
  int expected = 0;
  std::int64_t hops = 0;
  for (std::uint64_t cookie = 0; cookie < 2000; ++cookie) {
    std::vector<NetworkPlace> to(1 + random() % 4);
    for (NetworkPlace& place : to)
      place = {static_cast<std::uint32_t>(random() % 3), static_cast<MeshNode>(random() % 12)};
    const NetworkPlace from{static_cast<std::uint32_t>(random() % 3), static_cast<MeshNode>(random() % 12)};
    const std::int64_t flits = 1 + static_cast<std::int64_t>(random() % 12);
    const Packet sent = package.packet(from, to, 64 * flits, cookie);
    for (const RouteCharge& charge : package.routes.route(sent.route).charges) hops += flits * charge.hops;
    package.network.send(sent);
    expected += static_cast<int>(to.size());
    run_until(ns(static_cast<double>(cookie)));
  }
  run_until(ns(1e6));
  EXPECT_EQ(package.arrivals.deliveries, expected);
  EXPECT_EQ(package.arrivals.at_end.size(), static_cast<std::size_t>(expected));
  std::int64_t counted = 0;
  for (std::uint32_t chip = 0; chip < 3; ++chip) counted += package.network.flit_hops(chip, 0);
  EXPECT_EQ(counted, hops);
}

TEST(RouterBuffers, EveryPacketArrivesOnceInAMesh) { expect_all_arrive_once(Topology::mesh); }
TEST(RouterBuffers, EveryPacketArrivesOnceInATorus) { expect_all_arrive_once(Topology::torus); }
TEST(RouterBuffers, EveryPacketArrivesOnceInARing) { expect_all_arrive_once(Topology::ring); }

}  // namespace
}  // namespace aimc::interconnect
