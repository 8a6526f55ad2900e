#pragma once
#include <filesystem>

#include "sim/adapt/adapt_spec.h"

namespace aimc::adapt {

/// Throws ConfigError where so many processes cannot share a step's sequences out evenly.
void check_processes(const AdaptSpec& spec, int processes);

/// Carries an adaptation out, or goes on with it where its newest checkpoint in `out` stands. Leaves in `out`:
/// adapt.yaml (resolved), checkpoint-*, progress.csv, held_out.csv, evaluation.csv and model/, a Hugging Face
/// directory. Throws ConfigError, InputError, OutputError, Interrupted; checkpoints stay.
void adapt(const AdaptSpec& spec, const std::filesystem::path& out);

}  // namespace aimc::adapt
