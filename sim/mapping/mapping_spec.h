#pragma once
#include <cstdint>
#include <string_view>

namespace aimc::sim {

/// How weights are laid over the chips; one file each (docs/mapping.md).
enum class MappingStrategy : std::uint8_t {
  in_order,   ///< tile after tile in graph order
  blocks,     ///< as in_order over chips, on a chip where transfers travel the fewest hops
  replicate,  ///< as in_order, with copies of the linears that limit throughput
  tiers,      ///< for stacked arrays: whole layers on few chips, spread over their tiles before they stack
  pipeline    ///< chips as pipeline stages: whole layers on a chip, the same work on each
};
[[nodiscard]] std::string_view name(MappingStrategy strategy);

/// Where the embedding table lies.
enum class EmbeddingPlace : std::uint8_t {
  memory,  ///< a token's row is read from DRAM
  tiles    ///< a token's row is one MVM; only where some linear runs on arrays
};

/// What the section `mapping` of an experiment says.
struct MappingSpec {
  MappingStrategy strategy = MappingStrategy::in_order;
  EmbeddingPlace embedding = EmbeddingPlace::memory;
  std::int64_t annealing_moves = 0;            ///< blocks, pipeline: moves of simulated annealing after the layout
  std::int64_t tile_budget = 0;                ///< replicate: tiles that copies may fill, originals included
  std::int64_t attention_units_per_layer = 1;  ///< that share the KV heads of a layer
  std::uint64_t seed = 0;                      ///< of annealing; not a key, the experiment's own
  double sampled_share = 1;  ///< sampled tokens per token of the workload; not a key (replicate: load of the head)
  /// Not keys: whether the user chose the number of units on a chip. Beyond what can be used it is refused then; the
  /// number that a hardware preset has is the chip as built.
  bool digital_units_given = false, attention_units_given = false;
};

}  // namespace aimc::sim
