#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "workloads/graph/graph.h"
#include "workloads/model/model_config.h"
#include "workloads/model/weights.h"

namespace aimc::workloads {

enum class ModelFormat : std::uint8_t { hugging_face, llama2c };

/// A model as the rest of the simulator sees it: its shape, its operators, and its weights if there are any.
struct Model {
  ModelConfig config;
  Graph graph;
  std::shared_ptr<const WeightSource> weights;  ///< null when only a config.json is there
};

/// Opens a Hugging Face directory, a config.json alone, or (format llama2c) a llama2.c .bin file or the directory that
/// holds exactly one. Throws InputError.
Model open_model(const std::filesystem::path& path, ModelFormat format);

}  // namespace aimc::workloads
