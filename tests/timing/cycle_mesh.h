#pragma once
#include <cstdint>
#include <vector>

namespace aimc::testing {

/// A mesh simulated flit by flit and cycle by cycle, to compare the network modules with: input-buffered routers with
/// virtual channels and credits (as in BookSim, Jiang et al., ISPASS 2013), XY routes, one cycle a hop, the oldest
/// packet first at every output. Small and slow; knows nothing of the product's code.
struct CycleMesh {
  int width = 8, height = 8, virtual_channels = 4, buffer_flits = 8, packet_flits = 4;

  struct Packet {
    int from = 0, to = 0;
    std::int64_t born = 0, done = -1;  ///< cycles; done: after the last flit has left
  };
  /// Runs until all packets (in order of birth) have arrived or that many cycles are over; fills in `done`.
  void run(std::vector<Packet>& packets, std::int64_t cycles) const;
};

}  // namespace aimc::testing
