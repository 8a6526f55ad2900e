#pragma once
#include <cstdint>
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
  std::uint32_t row_tile = 0, column_tile = 0;
  Index row_begin = 0, rows = 0, column_begin = 0, columns = 0;
  UnitAddress tile;
  std::uint32_t tier = 0;
};

/// Where a linear's weights live. Analog: its shards, row tile by row tile, are shards[first_shard, first_shard +
/// count).
struct LinearPlacement {
  NodeId linear = 0;
  LinearUnit unit = LinearUnit::analog;
  std::vector<Index> row_tiles;     ///< sizes, balanced (numerics A.1); one entry unless analog
  std::vector<Index> column_tiles;  ///< sizes; one entry unless analog
  ShardId first_shard = 0;
  std::uint32_t shard_count = 0;
};

enum class StepKind : std::uint8_t {
  vector_operation,  ///< on a digital unit: norm, rope, swiglu, add, quantize, range maximum, embed, sample
  mvm,               ///< one array, one vector
  accumulate,        ///< in a tile: partial sums of the row tiles of one column tile meet
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

/// One unit of work for one token. The list of steps is a template: it holds for every position of prefill and decode,
/// attention alone depends on the position.
struct Step {
  StepId id = 0;
  StepKind kind = StepKind::vector_operation;
  NodeId node = 0;  ///< operator of the graph this step belongs to (and is accounted to)
  UnitAddress unit;
  Occurrence occurrence = Occurrence::every_token;
  tiles::VectorOperation operation = tiles::VectorOperation::add;  ///< vector_operation
  ShardId shard = 0;                                               ///< mvm
  /// vector_operation: elements worked on; mvm, accumulate: columns; digital_matmul, attention: outputs.
  std::int64_t elements = 0;
  std::int64_t inner = 0;       ///< accumulate: partial sums that meet; digital_matmul: inputs
  bool in_token_order = false;  ///< waits for the same step of the token before (attention: the KV of earlier tokens)
  std::vector<StepInput> inputs;
};

/// Graph and hardware brought together: which array holds which piece, which unit runs which step, what travels.
/// No tensors, no time. Made by sim/mapping, played by sim/functional (numbers) and sim/timing (time).
struct Program {
  workloads::Graph graph;
  HardwareSpec hardware;
  std::uint32_t chips = 1;
  std::vector<LinearPlacement> linears;  ///< in graph order
  std::vector<Shard> shards;             ///< shards[i].id == i
  std::vector<Step> steps;  ///< steps[i].id == i, inputs come before their users; empty if some linear has no hardware
  [[nodiscard]] const LinearPlacement& placement(NodeId linear) const;
  /// Whether every linear runs on hardware that exists, so that time and energy mean something.
  [[nodiscard]] bool physical() const;
};

/// Checks every weight is held exactly once, no array or tile is over capacity, steps are acyclic with inputs before
/// users, every unit exists, transferred elements match. Throws InternalError.
void validate(const Program& program);

[[nodiscard]] std::string_view name(LinearUnit unit);
[[nodiscard]] std::string_view name(StepKind kind);

}  // namespace aimc::sim
