#pragma once
#include "sim/program/program.h"

namespace aimc::sim {

/// Every weight of every analog linear lies in exactly one array; no array, tile or chip holds more than it can.
void validate_placement(const Program& program);

/// Steps are in order, on units that exist, complete for every operator, and what they send is what is read.
void validate_steps(const Program& program);

/// Whatever reads a linear's output reads complete sums: every row tile of the column tile once, however they met.
void validate_reductions(const Program& program);

}  // namespace aimc::sim
