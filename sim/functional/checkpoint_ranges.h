#pragma once
#include "sim/functional/calibrate.h"
#include "workloads/model/weights.h"

namespace aimc::sim {

/// Whether a linear placed so needs static input ranges.
[[nodiscard]] bool has_static_range(const LinearPlacement& placement, const HardwareSpec& hardware);

/// Whether the checkpoint holds a learned range of any linear of the graph.
[[nodiscard]] bool has_learned_ranges(const workloads::Graph& graph, const workloads::WeightSource& weights);

/// Input ranges that training learned, read from tensors LINEAR.input_range [row tiles] beside the weights, as
/// AIHWKIT-Lightning's state dict names them (scripts/convert_afm_checkpoint.py). One value serves all row tiles. For
/// the analog and digital linears of the program that have static ranges; shared between linears that read the same
/// vector as calibrated ones are. A digital linear reads its whole vector in one range: the largest of those of its row
/// tiles. Throws one InputError that lists every missing or unfit tensor.
InputRanges checkpoint_ranges(const Program& program, const workloads::WeightSource& weights);

}  // namespace aimc::sim
