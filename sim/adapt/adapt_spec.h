#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/config/provenance.h"
#include "sim/program/hardware_spec.h"
#include "workloads/model/model.h"

namespace aimc::adapt {

/// Number formats, optimisers, ways to batch, what flows back through the noise, and ways to find first ranges.
enum class Precision : std::uint8_t { fp32, bf16 };
enum class OptimiserKind : std::uint8_t { adamw, muon };
enum class Batching : std::uint8_t { packed, documents };
enum class NoiseGradient : std::uint8_t { constant, scale };
enum class InitialRange : std::uint8_t { deviations, least_error, checkpoint };

/// A model on disk.
struct ModelReference {
  std::filesystem::path path;
  workloads::ModelFormat format = workloads::ModelFormat::hugging_face;
};

/// Where the student's weights come from: a checkpoint, or (path names a config.json alone) normal draws.
struct StudentSpec {
  std::filesystem::path path;
  workloads::ModelFormat format = workloads::ModelFormat::hugging_face;
  double initial_deviation = 0.03;  ///< of drawn weights; o_proj and down_proj over sqrt(2 layers)
};

/// The training text and how it is cut into steps.
struct DataSpec {
  std::filesystem::path tokens;  ///< token file (workloads/tokens)
  Batching batching = Batching::packed;
  std::int64_t sequence_length = 0;     ///< packed: sequences are cut into pieces of this length; 0: as they are
  std::int64_t sequences = 8;           ///< packed: of one optimiser step, over all processes
  std::int64_t tokens_per_step = 4096;  ///< documents: padded tokens of one step, at most
  std::int64_t accumulate = 1;          ///< parts that a step's sequences are computed in
  double held_out = 0.01;               ///< share of the sequences that is never trained on
};

/// The numbers of the student's linears (numerics A, D.3). Rows, bits and out_bound are the hardware's.
struct AnalogSpec {
  bool inputs = true;          ///< DAC codes with straight-through gradients (D.7)
  bool outputs = true;         ///< ADC codes, the same
  double weight_noise = 0.03;  ///< gamma of A.5
  /// What flows back through the noise: nothing (D.7), or the gradient of its size, which grows with the weights.
  NoiseGradient noise_gradient = NoiseGradient::constant;
  bool antithetic = false;                  ///< each part of a step is computed with its noise and that mirrored
  double clip = 2.5;                        ///< alpha of D.4; 0: no clipping
  int weight_bits = 0;                      ///< fake quantisation of the weights (A.6); 0: none
  std::vector<std::string> full_precision;  ///< parts of names of linears that none of this applies to
};

/// D.5 and D.6.
struct RangeSpec {
  InitialRange initial = InitialRange::deviations;
  std::int64_t initial_forwards = 500;
  double initial_deviations = 18;  ///< kappa
  double decay = 0.01;
  double least_inside = 0.95;  ///< p_min
  double rate = 1;             ///< learning rate of the ranges over that of the weights
  bool relative = false;       ///< steps are shares of the range, whatever its size
};

/// D.1.
struct LossSpec {
  double distillation = 1;  ///< beta; the rest is the language-model loss
  double temperature = 1;
};

/// A point of a learning-rate schedule.
struct RatePoint {
  std::int64_t step = 0;
  double share = 1;  ///< of the peak rate
};

/// D.2.
struct OptimiserSpec {
  OptimiserKind kind = OptimiserKind::adamw;
  double rate = 1e-4;
  double last_rate = 1e-7;
  double warm_up = 0.016;           ///< share of the steps
  std::vector<RatePoint> schedule;  ///< replaces warm_up and last_rate
  double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6;
  double weight_decay = 0.01;
  double average = 0;        ///< decay of the average of the weights that is evaluated and written; 0: none
  double momentum = 0.95;    ///< muon
  double gradient_norm = 1;  ///< gradients are scaled down to this norm; 0: never
};

/// Rotations instead of training (numerics E, SpinQuant): `steps` of Cayley SGD; 0: random ones.
struct RotationSpec {
  double rate = 1.5;  ///< falls to 0 along a cosine
  double momentum = 0.9;
};

/// What is written while training.
struct SaveSpec {
  std::int64_t every = 200;  ///< steps between checkpoints
  std::int64_t keep = 2;     ///< checkpoints that stay
  std::int64_t log_every = 10;
  Precision weights = Precision::fp32;  ///< number format of the model's weights
};

/// `aimcsim run` on a saved checkpoint now and then.
struct PeriodicEvaluationSpec {
  std::filesystem::path experiment;
  std::int64_t every = 1000;
  std::vector<std::string> set;  ///< overrides, as for --set
};

/// An adaptation, as ADAPT.yaml says it.
struct AdaptSpec {
  std::string name;
  StudentSpec model;
  std::optional<ModelReference> teacher;  ///< default: the model itself
  DataSpec data;
  std::optional<sim::HardwareSpec> hardware;  ///< of the analog linears
  AnalogSpec analog;
  RangeSpec ranges;
  LossSpec loss;
  OptimiserSpec optimiser;
  std::optional<RotationSpec> rotation;
  std::int64_t steps = 0;
  double dropout = 0;
  Precision precision = Precision::bf16;
  bool recompute_layers = false;  ///< activation checkpointing
  std::string device = "cpu";
  std::uint64_t seed = 2025;
  SaveSpec save;
  std::optional<PeriodicEvaluationSpec> evaluation;

  std::string resolved_yaml;  ///< all of it, defaults written out
};

/// The adaptation as YAML, defaults written out.
std::string resolved(const AdaptSpec& spec);

/// Reads ADAPT.yaml and "--set" overrides. Throws one ConfigError that lists every mistake with its place.
AdaptSpec load_adapt(const std::filesystem::path& file, const std::vector<std::string>& overrides);

}  // namespace aimc::adapt
