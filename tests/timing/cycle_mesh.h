#pragma once
#include <cstdint>
#include <vector>

namespace aimc::testing {

/// A mesh or torus simulated flit by flit and cycle by cycle, to compare the network modules with: input-buffered
/// routers with virtual channels and credits (as in BookSim, Jiang et al., ISPASS 2013), XY routes, one cycle a hop,
/// the oldest packet first at every output. Where rows and columns close to circles, packets go the shorter way round
/// (east and south when both are equal), and take the lower half of the virtual channels up to the link that closes a
/// circle and the upper half from there on (Dally and Seitz, 1987). Small and slow; knows nothing of the product's
/// code.
struct CycleMesh {
  int width = 8, height = 8, virtual_channels = 4, buffer_flits = 8, packet_flits = 4;
  bool circles = false;  ///< rows and columns are closed: a torus; with a height of 1 a ring

  struct Packet {
    int from = 0, to = 0;
    std::int64_t born = 0, done = -1;  ///< cycles; done: after the last flit has left
  };
  /// Runs until all packets (in order of birth) have arrived or that many cycles are over; fills in `done`.
  void run(std::vector<Packet>& packets, std::int64_t cycles) const;
};

}  // namespace aimc::testing
