#pragma once
#include "sim/program/program.h"
#include "tiles/sc/memory_port.h"
#include "tiles/spec/digital_spec.h"

namespace aimc::sim {

/// Bytes a step other than attention streams from memory for one token: an embedding row (at activation_bits), the
/// weights of a digital product; nothing for the others.
[[nodiscard]] std::int64_t streamed_bytes(const Program& program, const Step& step);

/// What attention of a token does: it sees `positions` positions, and its pass over the KV cache serves `queries`
/// tokens.
struct Attended {
  std::int64_t positions = 0, queries = 1;
};
[[nodiscard]] tiles::AttentionWork attention_work_of(const Program& program, const Step& step, const Attended& what);

/// What a step takes on idle hardware: max(compute, memory) + after. vectors: of a digital product whose weights stream
/// once for several tokens.
struct UnloadedTime {
  Time compute;  ///< beside the memory's stream
  Time memory;   ///< latency and transfer, from the step's beginning
  Time after;    ///< computing that needs both first (softmax)
};
[[nodiscard]] UnloadedTime unloaded_time(const Program& program, const Step& step, const Attended& what,
                                         std::int64_t vectors = 1);

}  // namespace aimc::sim
