#pragma once
#include <filesystem>
#include <memory>

#include "sim/experiment/experiment_spec.h"
#include "workloads/model/model_config.h"
#include "workloads/text/tokenizer.h"

namespace aimc::sim {

/// The tokenizer's file of a model: the one it names, else tokenizer.json (llama2.c: tokenizer.bin) beside it.
[[nodiscard]] std::filesystem::path tokenizer_path(const ModelReference& reference);

/// Opens it. Throws InputError when it is missing, damaged or has more tokens than the model's vocabulary.
[[nodiscard]] std::unique_ptr<workloads::Tokenizer> open_tokenizer(const ModelReference& reference,
                                                                   const workloads::ModelConfig& config);

}  // namespace aimc::sim
