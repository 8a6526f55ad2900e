#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "sim/adapt/network.h"
#include "sim/adapt/optimiser.h"
#include "sim/adapt/run_identity.h"
#include "sim/adapt/weight_average.h"

namespace aimc::adapt {

/// Where a run stands besides its tensors.
struct Progress {
  std::int64_t step = 0;            ///< optimiser steps done
  std::int64_t tokens = 0;          ///< tokens trained on
  std::int64_t skipped_steps = 0;   ///< whose gradients were not finite
  std::optional<double> best_loss;  ///< found when saving, at first that of the first step
};

/// The tensors that a run goes on from.
struct TrainingState {
  Network& network;
  Optimiser& optimiser;
  WeightAverage& average;
};

/// Saves everything that the next step depends on into FOLDER/checkpoint-<step>, which appears only when it is
/// complete, and removes all but the newest `keep` ones. Going on with another run is refused.
/// Throws OutputError (a full disk): the checkpoints that were there stay.
void save_checkpoint(const std::filesystem::path& folder, const Progress& progress, const TrainingState& state,
                     const RunIdentity& run, std::int64_t keep);

/// Whether the folder holds a whole checkpoint.
[[nodiscard]] bool has_checkpoint(const std::filesystem::path& folder);

/// Goes on from the newest checkpoint of the folder, if there is one. Throws InputError when it cannot be read or
/// belongs to a run with another purpose, with what differs.
std::optional<Progress> load_checkpoint(const std::filesystem::path& folder, const TrainingState& state,
                                        const RunIdentity& run);

}  // namespace aimc::adapt
