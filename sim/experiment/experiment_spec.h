#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "base/config/provenance.h"
#include "sim/experiment/break_even_spec.h"
#include "sim/experiment/workload_spec.h"
#include "sim/functional/deploy.h"
#include "sim/ledger/energy_table.h"
#include "sim/mapping/mapping_spec.h"
#include "sim/program/hardware_spec.h"
#include "sim/program/program.h"
#include "sim/timing/timing.h"
#include "workloads/model/model.h"
#include "workloads/tasks/task.h"

namespace aimc::sim {

/// Where the model is. Paths are relative to the experiment file.
struct ModelReference {
  std::filesystem::path path;  ///< directory, config.json alone, or llama2.c .bin
  workloads::ModelFormat format = workloads::ModelFormat::hugging_face;
  std::string tokenizer;  ///< relative to the model's directory; empty: tokenizer.json
};

/// The unit of the linears whose name matches.
struct UnitRule {
  std::string match;  ///< a substring of the linear's name, or "*"
  LinearUnit unit = LinearUnit::analog;
};

/// Where the static input ranges of a deployment come from.
enum class RangeSource : std::uint8_t {
  checkpoint,  ///< learned in training, LINEAR.input_range beside the weights
  calibrated   ///< accuracy.calibration
};

/// One deployment: which unit multiplies each linear, what its weights are held in and which non-idealities act. Bits
/// and circuits come from the hardware only. docs/deployments.md describes every key.
struct DeploymentSpec {
  std::string alias;                  ///< one of the paper's names; it must agree with the hardware
  std::string label;                  ///< printed name; empty: derived from the resolved spec
  std::filesystem::path checkpoint;   ///< other weights of the same shape; empty: the experiment's model
  std::optional<RangeSource> ranges;  ///< not given: the weights' own where they have any, else accuracy.calibration
  LinearUnit linears = LinearUnit::analog;
  std::vector<UnitRule> units;           ///< later rules win
  std::string noise = "none";            ///< device: a name of tiles::device_models(), or a device file
  tiles::DeviceOptions device;           ///< its options; `model` and `effects` follow from `noise` and `effects`
  std::optional<double> additive_sigma;  ///< older place of device.additive_sigma
  Duration t_inference;                  ///< time between programming and inference
  tiles::DriftCompensation compensation = tiles::DriftCompensation::none;
  std::vector<tiles::Effect> only;                      ///< as written; `effects` is what it means
  std::vector<tiles::Effect> without;                   ///< as written
  tiles::Effects effects = tiles::Effects::all();       ///< which non-idealities act
  std::optional<tiles::InputRangeMode> digital_inputs;  ///< of digital linears; the hardware's when not given
  tiles::CrossbarArithmetic arithmetic = tiles::CrossbarArithmetic::grid;
  tiles::CrossbarKernel kernel = tiles::CrossbarKernel::automatic;
};

/// What accuracy is measured on.
struct AccuracySpec {
  std::filesystem::path task;   ///< a task file; empty: accuracy is not measured
  workloads::TaskSpec items;    ///< what the task file says
  std::int64_t text_limit = 0;  ///< at most so many texts; 0: as the task file says
  std::int64_t choice_limit = 0;
  std::int64_t seeds = 10;
  std::int64_t layer_tokens = 128;         ///< probe of the per-layer view; 0: off
  std::filesystem::path calibration_text;  ///< stories separated as in the task; empty: no static ranges can be found
  std::int64_t calibration_texts = 0;      ///< at most so many; 0: all
  CalibrationOptions calibration;
};

/// An experiment file, parsed and checked, with presets expanded and overrides applied.
struct ExperimentSpec {
  std::string name;
  ModelReference model;
  std::string hardware_name;  ///< as the file says; `hardware` is what it means
  HardwareSpec hardware;
  EnergyTable energy;
  std::vector<DeploymentSpec> deployments;
  AccuracySpec accuracy;
  WorkloadSpec workload;
  BreakEvenSpec break_even;
  MappingSpec mapping;
  std::uint64_t seed = 2025;

  config::ProvenanceTable provenance;  ///< of every value a file or --set gave
  std::string resolved_yaml;           ///< the whole experiment as one file, presets inlined
};

/// Reads an experiment, its hardware preset and energy table, and applies overrides ("hardware.tile.input.bits=6").
/// Throws one ConfigError that lists every mistake.
ExperimentSpec load_experiment(const std::filesystem::path& file, const std::vector<std::string>& overrides);

/// The same from a document with presets in place and overrides applied, as resolved_yaml is one.
ExperimentSpec parse_experiment(const config::Node& document, const std::filesystem::path& file,
                                config::Diagnostics& diagnostics);

}  // namespace aimc::sim
