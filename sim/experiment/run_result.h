#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/evaluate/accuracy.h"
#include "sim/evaluate/linear_quality.h"
#include "sim/experiment/experiment_spec.h"
#include "sim/ledger/pricing.h"
#include "sim/ledger/programming.h"
#include "sim/program/program.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// What was evaluated, or why nothing was.
struct AccuracyResult {
  std::string not_measured;  ///< reason; empty when measured
  std::string task;
  std::int64_t texts = 0, characters = 0, tokens = 0, choices = 0;
  double chance = 0;                            ///< expected cloze accuracy of guessing
  std::vector<std::string> text_ids;            ///< [texts]
  std::vector<DeploymentAccuracy> deployments;  ///< [0] is the reference
};

/// Every linear of one deployment looked at, or why not.
struct LayerView {
  struct Layer {
    std::string linear;
    LinearQuality quality;
  };
  std::string not_measured;  ///< reason; empty when measured
  std::string deployment;
  std::int64_t tokens = 0;     ///< of the probe
  std::vector<Layer> linears;  ///< in graph order
};

/// How the model lies on the chips.
struct MappingSummary {
  std::int64_t tiles_used = 0, tiles_there = 0, arrays_used = 0, chips = 0;
  double weights_per_cell = 0;             ///< share of the used arrays' cells that hold a weight
  std::int64_t conversions_per_token = 0;  ///< ADC conversions of one decoded token
  double conversions_per_output = 0;       ///< ADC conversions per output element of the analog linears
  std::int64_t split_linears = 0;          ///< analog linears with more than one row tile
};

/// Latency, energy and area of one deployment on the hardware.
struct CostResult {
  std::string not_simulated;  ///< reason; empty when simulated
  std::string deployment;
  InferenceWorkload workload;
  MappingSummary mapping;
  TimingResult timing;
  EnergyReport energy;  ///< of the whole workload
  AreaReport area;
  PeakNumbers peak;                              ///< zeros without tiles
  std::optional<ProgrammingReport> programming;  ///< once a model; nothing: the energy table does not say how
  std::optional<SurveyConverter> survey_adc;     ///< what the ADC survey says of the tile's converters
  double tile_utilisation = 0;                   ///< busy share of the used tiles over the elapsed time
};

/// Whether the two executors counted the same.
struct CountsCheck {
  std::string not_compared;  ///< reason; empty when compared
  std::int64_t keys = 0;     ///< (action, operator, phase) compared
  Counts repeated;           ///< what bound management repeated, besides what was compared (repeated_mvms)
};

/// Text that was generated, if any.
struct GeneratedText {
  std::string prompt, continuation;
};

/// Wall time of the simulator itself, not of the simulated chip.
struct WallTimes {
  double timing_s = 0, calibration_s = 0, accuracy_s = 0, layers_s = 0, counts_s = 0, total_s = 0;
};

/// Everything one run found; reports only read it.
struct RunResult {
  ExperimentSpec spec;
  workloads::ModelConfig model;
  std::int64_t parameters = 0, macs_per_token = 0;
  AccuracyResult accuracy;
  LayerView layers;  ///< of the timed deployment
  CostResult cost;
  Program program;  ///< of the timed deployment; empty when nothing was timed
  CountsCheck counts;
  GeneratedText generated;
  WallTimes wall;
  int threads = 1;
};

}  // namespace aimc::sim
