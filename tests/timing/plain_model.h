#pragma once
#include "sim/program/program.h"

namespace aimc::testing {

/// Two times of a request that can be computed without simulating it.
struct PlainTimes {
  Time path;     ///< the longest chain of steps and transfers that wait for each other, nothing ever busy
  Time in_turn;  ///< all steps and transfers one after the other
};

/// Times of a prompt and the tokens after it on the units of hand_made.h, with their latencies written down once more:
/// shares no code of the executor's. Networks: constant, or a mesh of one chip.
PlainTimes plain_times(const sim::Program& program, std::int64_t prompt_tokens, std::int64_t new_tokens);

}  // namespace aimc::testing
