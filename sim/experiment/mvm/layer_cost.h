#pragma once
#include <map>
#include <vector>

#include "sim/experiment/hardware_file.h"
#include "sim/ledger/pricing.h"
#include "sim/program/program.h"
#include "tiles/linear/linear.h"

namespace aimc::sim {

/// Time and energy of one batch through one layer that has the chips for itself.
struct LayerCost {
  tiles::MvmTiming array;  ///< stages of one MVM of the largest shard
  Time arrays_alone;       ///< of the batch, inputs always there: latency + (tokens - 1) x pace of the arrays
  Time first;              ///< from the first vector's encoding to its last output at the digital unit
  Time elapsed;            ///< the same for the whole batch
  Time period;             ///< mean distance of finished vectors
  Time retries;            ///< share of `elapsed` that bound management's repetitions take, estimated
  std::int64_t tokens = 0;
  std::int64_t timed_tokens = 0;  ///< vectors simulated; the rest of a long batch follows at `period`
  double busiest_link = 0;        ///< share of the time
  std::map<Action, Energy> by_action;
  std::map<Component, Energy> by_component;
  Energy dynamic;   ///< of the layer's own actions over the batch
  Energy standing;  ///< static energy of all chips over `elapsed`, under the hardware's idle policy, and the supplies'
                    ///< losses
  std::map<config::ValueKind, Energy> by_kind;  ///< what dynamic + standing rests on
};

/// A program of one linear [out, in] whose inputs come from a digital unit and whose outputs go to one. That unit's
/// other work, and memory, cost neither time nor energy. Throws ConfigError when it does not fit the chips.
Program one_layer_program(const HardwareSpec& hardware, Index out, Index in);

/// Plays `tokens` vectors through the program, prices what the linear did, and holds its counts against those of the
/// functional layer (InternalError when they differ). One call a process (SystemC elaborates once).
LayerCost simulate_layer(const Program& program, const LoadedHardware& hardware, Index tokens,
                         const tiles::LinearCounts& functional);

}  // namespace aimc::sim
