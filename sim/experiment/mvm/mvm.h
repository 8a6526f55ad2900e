#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sim/experiment/mvm/error_statistics.h"
#include "sim/experiment/mvm/layer_cost.h"
#include "sim/experiment/mvm/terms.h"
#include "sim/functional/calibrate.h"
#include "tiles/crossbar/analog_linear.h"

namespace aimc::sim {

/// One matrix through one analog layer: arrays instead of a model.
struct MvmRequest {
  std::filesystem::path weights;       ///< .npy, [out, in]
  std::filesystem::path inputs;        ///< .npy, [tokens, in]
  std::filesystem::path input_ranges;  ///< .npy, [row tiles]; empty: found on the inputs, or dynamic
  std::string hardware = "hermes-64";  ///< preset or file
  std::vector<std::string> overrides;  ///< of the hardware's keys
  MvmTerms terms;                      ///< the same in the terms of aihwkit; they win
  tiles::DeviceOptions device;
  double seconds = 0;  ///< after programming
  tiles::DriftCompensation compensation = tiles::DriftCompensation::none;
  tiles::CrossbarKernel kernel = tiles::CrossbarKernel::automatic;
  CalibrationOptions calibration;
  std::uint64_t seed = 2025;
  bool by_cause = false;  ///< also the error of inputs, cells and outputs alone
};

/// Error when only some of the layer's effects act.
struct CauseError {
  std::string cause;
  ErrorStatistics error;
};

struct MvmResult {
  MvmRequest request;
  HardwareSpec hardware;
  Index out = 0, in = 0, tokens = 0;
  std::vector<Index> row_tiles, column_tiles;  ///< sizes
  std::int64_t arrays = 0, chips = 0;
  double weights_per_cell = 0;      ///< share of the arrays' cells that hold a weight
  std::vector<float> input_ranges;  ///< [row tiles]; empty with dynamic ranges
  std::string range_source;         ///< where they come from, in words
  tiles::CrossbarArithmetic arithmetic{};
  std::string kernel;
  Matrix outputs;  ///< [tokens, out]
  tiles::LinearCounts counts;
  tiles::SetupCounts setup;
  ErrorStatistics error;
  std::vector<CauseError> causes;
  LayerCost cost;
  double read_s = 0, program_s = 0, multiply_s = 0, compare_s = 0, timing_s = 0;  ///< wall time of the simulator
};

/// Whether one step of the converters is one step of an output: analog weights, one conversion for a row tile.
bool has_output_step(const MvmResult& result);

/// Whether programmed weights are placed on the grid on which sums are exact. Only an ideal device with the fp32 kernel
/// asked for computes off it, with weights as given: to compare with other tools, number by number (numerics A.3).
tiles::CrossbarArithmetic arithmetic_of(const MvmRequest& request);

/// Reads the arrays, programs the layer, multiplies, compares with the exact product, times and prices the batch.
/// Throws ConfigError (hardware, terms), InputError (arrays). One call a process (SystemC elaborates once).
MvmResult run_mvm(const MvmRequest& request);

}  // namespace aimc::sim
