#pragma once
#include <cstdint>

#include "base/units/idle_power.h"
#include "base/units/quantity.h"

namespace aimc::interconnect {

/// mesh and torus: XY routing; ring: the shorter way round; all with per-link reservation. constant: every message
/// takes the same time, no contention (3D-SiM).
enum class Topology : std::uint8_t { mesh, torus, ring, constant };

/// packet: each link is held for the time a packet takes over it. circuit: the way over a chip is claimed in one piece,
/// each link for the set-up and the transfer.
enum class Switching : std::uint8_t { packet, circuit };

/// How the partial sums of a column tile's row tiles meet: gathered and added one after the other in the first row
/// tile's tile; pairwise in a tree over the tiles; or in the routers on the way to the first tile.
enum class Reduction : std::uint8_t { first_tile, adder_tree, in_network };

/// The network on one chip.
struct NetworkSpec {
  Topology topology = Topology::mesh;
  Switching switching = Switching::packet;
  Reduction reduction = Reduction::first_tile;
  bool multicast = false;  ///< one packet serves all arrays that read the same codes
  Frequency clock;
  int flit_bits = 64;
  int header_bits = 64;  ///< added to every packet
  int hop_cycles = 1;    ///< router and link traversal of a packet's head
  int virtual_channels = 1;
  int buffer_flits = 0;   ///< of each virtual channel of an input port; 0: unlimited
  Time circuit_setup;     ///< switching circuit: until the path is set up
  int add_cycles = 1;     ///< reduction in_network: packets that meet leave a router so much later
  Time constant_latency;  ///< topology constant
  Power idle_per_router;  ///< clock and leakage of a router and its links, always drawn
};

/// A link between two chips; chips stand on a square grid in snake order, packets travel X first.
struct ChipLinkSpec {
  Bandwidth bandwidth;  ///< one direction
  Time latency;
  Power idle_per_link;  ///< PHY
};

/// Where DRAM hangs: one memory for each chip, or one for the whole package.
enum class DramAttachment : std::uint8_t { per_chip, per_package };

/// The memory that holds KV caches, the embedding table and weights of digital linears.
struct DramSpec {
  DramAttachment attachment = DramAttachment::per_chip;
  int channels = 1;              ///< per attachment; requests are spread over channels by layer
  Bandwidth bandwidth;           ///< per channel
  Time latency;                  ///< first byte of a request
  DataSize capacity;             ///< per channel; zero: not limited
  Power background_per_channel;  ///< idle, always drawn
  Power refresh_per_channel;     ///< refresh where background_per_channel does not contain it, always drawn
};

/// Grid that holds n places: width = ceil(sqrt(n)), height = ceil(n / width).
struct Grid {
  int width = 1, height = 1;
};
[[nodiscard]] Grid square_grid(std::int64_t places);

}  // namespace aimc::interconnect
