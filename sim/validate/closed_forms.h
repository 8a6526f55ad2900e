#pragma once
#include <cstdint>

#include "sim/program/program.h"

namespace aimc::sim::closed_form {

// Plain arithmetic on the specs, in nanoseconds, written without the code that it checks (hardware.md 6.3).

/// Pulse-width modulated MVM, one pass: buffer fill + phases x (2^(bits - 1) ticks + overhead) + overhead + affine.
[[nodiscard]] double mvm_latency(const tiles::TileSpec& tile, double rows, double columns);
/// The slowest of the stages, as they overlap between MVMs.
[[nodiscard]] double mvm_period(const tiles::TileSpec& tile, double rows, double columns);
/// A packet in an empty mesh: hops x hop time + flits x cycle.
[[nodiscard]] double zero_load(const interconnect::NetworkSpec& network, double hops, double payload_bits);

/// The longest way through a Program for one token that sees `positions` positions, if nothing is ever busy: no run is
/// faster, and one without contention takes exactly this. Analog linears, KV cache in DRAM; a message to another chip
/// counts as free.
[[nodiscard]] double serial_path(const Program& program, std::int64_t positions);
/// Lower bound of the time to first token: each unit has to do its share for every token of the prompt, after the
/// shortest way to it and before the shortest way on.
[[nodiscard]] double prefill_bound(const Program& program, std::int64_t prompt_tokens);

}  // namespace aimc::sim::closed_form
