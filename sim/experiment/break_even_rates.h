#pragma once
#include "sim/experiment/break_even.h"

namespace aimc::sim {

/// Adds the rates of a run of point.batch sequences, `tokens` passes each: those between the first and the last new
/// token of each sequence, and the energy of a token. Dynamic energy is that of a pass; idle power is counted for the
/// time a token takes; both with the losses of the supplies.
void fill_rates(const CostResult& cost, std::int64_t tokens, IdlePolicy policy, BreakEvenPoint& point);

}  // namespace aimc::sim
