#pragma once
#include "sim/functional/calibrate.h"
#include "workloads/model/weights.h"

namespace aimc::sim {

/// Whether a linear placed so needs static input ranges.
[[nodiscard]] bool has_static_range(const LinearPlacement& placement, const HardwareSpec& hardware);

/// Input ranges that training learned, read from tensors LINEAR.input_range [row tiles] beside the weights, as
/// AIHWKIT-Lightning's state dict names them (scripts/convert_afm_checkpoint.py). One value serves all row tiles. For
/// the analog and digital linears of the program that have static ranges; shared between linears that read the same
/// vector as calibrated ones are. Throws one InputError that lists every missing or unfit tensor.
InputRanges checkpoint_ranges(const Program& program, const workloads::WeightSource& weights);

}  // namespace aimc::sim
