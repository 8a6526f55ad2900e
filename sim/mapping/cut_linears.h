#pragma once
#include <map>

#include "sim/mapping/mapper.h"
#include "sim/mapping/placement.h"

namespace aimc::sim {

/// Cuts every analog linear into balanced row and column tiles, copies[linear] times over (once if it is not named);
/// the shards have no tile yet. The embedding table is cut, too, where it lies in tiles. Throws ConfigError where the
/// hardware has nothing that computes a linear.
Placement cut_linears(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of,
                      const std::map<NodeId, std::uint32_t>& copies, EmbeddingPlace embedding = EmbeddingPlace::memory);

/// Arrays that one copy of a linear takes.
[[nodiscard]] std::int64_t arrays_needed(const workloads::LinearOp& linear, const tiles::TileSpec& tile);

/// Whether the embedding table is to lie in tiles: as wanted, if any linear does.
[[nodiscard]] bool embedding_in_tiles(const workloads::Graph& graph, const UnitChooser& unit_of, EmbeddingPlace wanted);

/// The table as a matrix that is multiplied with one-hot tokens: its inputs are the vocabulary.
[[nodiscard]] workloads::LinearOp embedding_matrix(const workloads::Node& embed);

}  // namespace aimc::sim
