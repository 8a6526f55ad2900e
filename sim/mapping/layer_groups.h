#pragma once
#include <cstdint>
#include <vector>

#include "sim/program/program.h"

namespace aimc::sim {

/// The operators of a graph by decoder layer, found from its structure (names are free).
struct LayerGroups {
  std::vector<std::uint32_t> group;  ///< [nodes] layer of each node; the head (see sampled) is group `count - 1`
  std::vector<bool> sampled;         ///< [nodes] final norm, head and sampler: needed only where a token is sampled
  std::uint32_t count = 0;           ///< layers + 1
};

/// A layer begins at the last norm before its attention; the embedding belongs to the first layer. The head is the
/// sampler, the linear it reads and that linear's norm, as long as nothing else reads them.
LayerGroups find_layer_groups(const workloads::Graph& graph);

}  // namespace aimc::sim
