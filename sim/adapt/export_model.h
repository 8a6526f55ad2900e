#pragma once
#include <filesystem>

#include "sim/adapt/adapt_spec.h"
#include "sim/adapt/network.h"
#include "workloads/model/stored_values.h"

namespace aimc::adapt {

/// Writes the network as a Hugging Face directory that every verb of aimcsim reads: config.json, model.safetensors with
/// the learned ranges as LINEAR.input_range [row tiles], and the tokenizer files of the original beside it. A model
/// with interleaved rotary pairs (llama2.c) gets the split-halves layout of Hugging Face, its q and k rows reordered.
/// An existing directory is replaced when the new one is complete; killed between two renames, it stays as NAME.old
/// beside it. Throws OutputError.
void export_model(const std::filesystem::path& directory, const workloads::ModelConfig& config,
                  const StudentSpec& original, Network& network, workloads::StoredType type);

}  // namespace aimc::adapt
