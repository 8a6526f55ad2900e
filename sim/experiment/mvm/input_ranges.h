#pragma once
#include "sim/experiment/mvm/mvm.h"

namespace aimc::sim {

/// Fills input_ranges and range_source: none with dynamic ranges; those of the request's file; else calibrated on the
/// inputs themselves, per row tile (numerics A.4). Throws InputError for the file, ConfigError for a file that dynamic
/// ranges would ignore.
void choose_input_ranges(const Matrix& inputs, MvmResult& result);

}  // namespace aimc::sim
