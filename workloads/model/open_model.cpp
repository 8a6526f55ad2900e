#include <fmt/ranges.h>

#include "base/check/error.h"
#include "workloads/model/model.h"

namespace aimc::workloads {
namespace {

namespace fs = std::filesystem;

Model with_graph(ModelConfig config, std::shared_ptr<const WeightSource> weights) {
  Model model{std::move(config), {}, std::move(weights)};
  model.graph = build_graph(model.config);
  if (!model.weights) return model;
  if (model.config.tied_head) model.weights = tie_head(model.weights);
  check_weights(*model.weights, model.graph);
  return model;
}

Model open_hugging_face(const fs::path& path) {
  if (!fs::is_directory(path)) return with_graph(read_model_config(path), nullptr);
  if (!fs::exists(path / "config.json"))
    throw InputError(
        fmt::format("{}: the directory holds no config.json; give a Hugging Face model directory, or the "
                    "config.json itself",
                    path.string()));
  std::shared_ptr<const WeightSource> weights;
  if (fs::exists(path / "model.safetensors") || fs::exists(path / "model.safetensors.index.json"))
    weights = open_safetensors(path);
  return with_graph(read_model_config(path / "config.json"), weights);
}

/// The one llama2.c checkpoint among the .bin files of a directory (a tokenizer.bin is none).
fs::path find_llama2c(const fs::path& directory) {
  std::vector<fs::path> checkpoints, candidates;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_regular_file() && entry.path().extension() == ".bin") candidates.push_back(entry.path());
  std::sort(candidates.begin(), candidates.end());
  if (candidates.size() == 1) return candidates.front();
  std::string reasons;
  for (const fs::path& candidate : candidates) {
    try {
      (void)read_llama2c_config(candidate);
      checkpoints.push_back(candidate);
    } catch (const InputError& error) {
      reasons += fmt::format("\n  {}", error.what());
    }
  }
  if (checkpoints.size() == 1) return checkpoints.front();
  throw InputError(fmt::format("{}: the directory holds {} llama2.c checkpoints, not one; name the .bin file itself{}",
                               directory.string(), checkpoints.size(), reasons));
}

}  // namespace

Model open_model(const fs::path& path, ModelFormat format) {
  if (!fs::exists(path)) throw InputError(fmt::format("{}: there is no such file or directory", path.string()));
  if (format == ModelFormat::hugging_face) return open_hugging_face(path);
  const fs::path file = fs::is_directory(path) ? find_llama2c(path) : path;
  return with_graph(read_llama2c_config(file), open_llama2c(file));
}

}  // namespace aimc::workloads
