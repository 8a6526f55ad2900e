#pragma once
#include <filesystem>

#include "workloads/model/model.h"

namespace aimc::workloads {

/// Writes a Llama model as a Phi-3 checkpoint (config.json and model.safetensors in an existing directory): the same
/// numbers with q/k/v fused into qkv_proj and gate/up into gate_up_proj, in fp32. Both give the same logits.
/// Throws InputError for a model without weights, with interleaved rotary pairs or with rope scaling.
void write_phi3_copy(const Model& model, const std::filesystem::path& directory);

}  // namespace aimc::workloads
