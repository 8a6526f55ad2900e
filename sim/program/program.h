#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/counts/action.h"
#include "base/tensor/matrix.h"
#include "sim/program/hardware_spec.h"
#include "workloads/graph/graph.h"

namespace aimc::sim {

using workloads::NodeId;
using StepId = std::uint32_t;
using ShardId = std::uint32_t;

/// What multiplies a linear's weights: floating point (the reference, no hardware), integers on a digital unit with
/// weights streamed from memory, or crossbars.
enum class LinearUnit : std::uint8_t { floating_point, digital, analog };

/// A place on the chips: the index-th unit of that component on a chip.
struct UnitAddress {
  Component component = Component::digital_unit;  ///< crossbar_tile, digital_unit or attention_unit
  std::uint32_t chip = 0;
  std::uint32_t index = 0;
  auto operator<=>(const UnitAddress&) const = default;
};

/// The piece of one weight matrix that one array holds: inputs [row_begin, row_begin + rows), outputs [column_begin,
/// ...).
struct Shard {
  ShardId id = 0;
  NodeId linear = 0;
  std::uint32_t replica = 0;  ///< which copy of the linear it belongs to
  std::uint32_t row_tile = 0, column_tile = 0;
  Index row_begin = 0, rows = 0, column_begin = 0, columns = 0;
  UnitAddress tile;
  std::uint32_t array = 0;  ///< of the tile's arrays that work at the same time
  std::uint32_t tier = 0;   ///< of the stack under it
};

/// Where a linear's weights live. Analog: the shards of copy r, row tile by row tile, are
/// shards[first_shard + r * shard_count, + shard_count). Copies hold the same weights on other arrays; tokens take
/// turns at them.
struct LinearPlacement {
  NodeId linear = 0;
  LinearUnit unit = LinearUnit::analog;
  std::vector<Index> row_tiles;     ///< sizes, balanced (numerics A.1); one entry unless analog
  std::vector<Index> column_tiles;  ///< sizes; one entry unless analog
  ShardId first_shard = 0;
  std::uint32_t shard_count = 0;  ///< of one copy
  std::uint32_t replicas = 1;     ///< copies, itself included
};

/// Where an attention unit keeps the keys and values of its part of a layer.
struct KvCachePlacement {
  NodeId attention = 0;
  UnitAddress unit;
  std::int64_t kv_heads = 0;
  tiles::KvMemory memory = tiles::KvMemory::dram;
  std::uint32_t channel = 0;  ///< memory channel, when it lies in DRAM
};

enum class StepKind : std::uint8_t {
  vector_operation,  ///< on a digital unit: norm, rope, swiglu, add, quantize, range maximum, embed, sample
  mvm,               ///< one array, one vector
  accumulate,        ///< partial sums of one column tile meet: in a tile, or in the routers on the way to it
  digital_matmul,    ///< on a digital unit, weights streamed from DRAM
  attention          ///< on an attention unit, its layer's KV cache in DRAM
};

/// Data a step needs from an earlier step of the same token; a transfer when the units differ.
struct StepInput {
  StepId from = 0;
  std::int64_t elements = 0;
  int bits = 16;  ///< encoding of one element on the network
};

/// Which tokens a step runs for.
enum class Occurrence : std::uint8_t {
  every_token,
  sampled_token  ///< the last prompt token and every decoded one (final norm, head, sampler)
};

/// What a step waits for besides its own inputs.
enum class StepOrder : std::uint8_t {
  free,
  token_order,  ///< the same step of the token before (attention: the KV of earlier tokens)
  all_tokens    ///< this step's inputs of every token of the request's prompt (encoders)
};

/// One unit of work for one token. The list of steps is a template: it holds for every position of prefill and decode,
/// attention alone depends on the position.
struct Step {
  StepId id = 0;
  StepKind kind = StepKind::vector_operation;
  NodeId node = 0;  ///< operator of the graph this step belongs to (and is accounted to)
  UnitAddress unit;
  Occurrence occurrence = Occurrence::every_token;
  tiles::VectorOperation operation = tiles::VectorOperation::add;  ///< vector_operation
  /// mvm, accumulate: where it runs, of copy 0 (for copy r: shard + r * shard_count of its linear).
  ShardId shard = 0;
  /// vector_operation: elements worked on; mvm, accumulate: columns; digital_matmul, attention: outputs.
  std::int64_t elements = 0;
  std::int64_t inner = 0;     ///< accumulate: partial sums that meet; digital_matmul: inputs
  std::int64_t kv_heads = 0;  ///< attention: heads of keys and values it serves; 0: all of its operator
  StepOrder order = StepOrder::free;
  interconnect::Reduction reduction = interconnect::Reduction::first_tile;  ///< accumulate
  std::uint32_t channel = 0;                                                ///< memory channel of its traffic
  std::vector<StepInput> inputs;
};

/// Graph and hardware brought together: which array holds which piece, which unit runs which step, what travels.
/// No tensors, no time. Made by sim/mapping, played by sim/functional (numbers) and sim/timing (time).
struct Program {
  workloads::Graph graph;
  HardwareSpec hardware;
  std::uint32_t chips = 1;
  std::vector<LinearPlacement> linears;  ///< in graph order
  /// The embedding table when it lies in arrays, as a matrix whose inputs are the vocabulary. A token's row lies in
  /// one row tile, so the arrays of row tile r are "copy" r: shard_count column tiles, of which one MVM drives one row.
  std::optional<LinearPlacement> embedding;
  std::vector<Shard> shards;                ///< shards[i].id == i, the embedding's first
  std::vector<KvCachePlacement> kv_caches;  ///< in the order of the attention steps
  std::vector<Step> steps;  ///< steps[i].id == i, inputs come before their users; empty if some linear has no hardware
  /// Of a linear, or of the embedding in arrays.
  [[nodiscard]] const LinearPlacement& placement(NodeId linear) const;
  /// Rows that one MVM of a shard drives: all it holds, or the one of a token in the embedding table.
  [[nodiscard]] Index driven_rows(const Shard& shard) const;
  /// Whether every linear runs on hardware that exists, so that time and energy mean something.
  [[nodiscard]] bool physical() const;
};

/// Checks every weight is held exactly once, no array or tile is over capacity, steps are acyclic with inputs before
/// users, every unit exists, transferred elements match. Throws InternalError.
void validate(const Program& program);

[[nodiscard]] std::string_view name(LinearUnit unit);
[[nodiscard]] std::string_view name(StepKind kind);

}  // namespace aimc::sim
