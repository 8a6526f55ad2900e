#include "sim/adapt/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "base/json/json.h"
#include "sim/adapt/tensor_files.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

constexpr int format_version = 1;
const std::string prefix = "checkpoint-";
constexpr std::size_t digits = 10;

/// Complete checkpoints, the oldest first.
std::vector<fs::path> checkpoints_of(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.size() == prefix.size() + digits) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

NamedTensors tensors_of(const TrainingState& state) {
  NamedTensors tensors;
  for (const auto& [name, tensor] : state.network.parameters().all()) tensors["parameter/" + name] = tensor;
  for (const RangeGroup& group : state.network.plan().groups) tensors["range/" + group.linears.front()] = group.range;
  for (const auto& [name, tensor] : state.optimiser.state()) tensors["optimiser/" + name] = tensor;
  for (const auto& [name, tensor] : state.average.values()) tensors["average/" + name] = tensor;
  return tensors;
}

std::string progress_text(const Progress& progress, Network& network, const std::string& purpose) {
  nlohmann::ordered_json forwards = nlohmann::ordered_json::object();
  for (const RangeGroup& group : network.plan().groups) forwards[group.linears.front()] = group.forwards_seen;
  nlohmann::ordered_json json{{"format", format_version},
                              {"purpose", purpose},
                              {"step", progress.step},
                              {"tokens", progress.tokens},
                              {"skipped_steps", progress.skipped_steps},
                              {"range_forwards", forwards}};
  if (progress.best_loss) json["best_loss"] = *progress.best_loss;
  return json.dump(1) + "\n";
}

void restore(const fs::path& directory, const nlohmann::json& json, const TrainingState& saved, std::int64_t steps) {
  const at::NoGradGuard no_gradients;
  Network& network = saved.network;
  const TensorFile file(directory / "state.safetensors");
  for (const auto& [name, tensor] : network.parameters().all()) tensor.copy_(file.read("parameter/" + name, tensor));
  for (RangeGroup& group : network.plan().groups) {
    group.range.copy_(file.read("range/" + group.linears.front(), group.range));
    group.forwards_seen = json.at("range_forwards").at(group.linears.front()).get<std::int64_t>();
  }
  OptimiserState state;
  const auto read = [&](const std::string& name, const at::Tensor& like) {
    for (const char* part : {"momentum/", "mean/", "square/"})
      if (file.contains("optimiser/" + (part + name)))
        state[part + name] = file.read("optimiser/" + (part + name), like);
  };
  for (const auto& [name, tensor] : network.parameters().all()) read(name, tensor);
  for (const RangeGroup& group : network.plan().groups) read(group.linears.front() + ".input_range", group.range);
  saved.optimiser.restore(state, steps);
  for (const auto& [name, tensor] : saved.average.values()) {
    at::Tensor average = tensor;
    average.copy_(file.read("average/" + name, tensor));
  }
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Progress& progress, const TrainingState& state,
                     const RunIdentity& run, std::int64_t keep) {
  const fs::path final_name = folder / fmt::format("{}{:0{}}", prefix, progress.step, digits);
  const fs::path partial = final_name.string() + ".partial";
  std::error_code ignored;
  try {
    fs::remove_all(partial);
    fs::create_directories(partial);
    write_tensors(partial / "state.safetensors", tensors_of(state), workloads::StoredType::f32);
    write_file_atomically(partial / "progress.json", progress_text(progress, state.network, run.purpose));
    fs::remove_all(final_name);
    fs::rename(partial, final_name);
  } catch (const fs::filesystem_error& error) {
    fs::remove_all(partial, ignored);
    throw OutputError(fmt::format("{}: no checkpoint can be written there: {}", folder.string(), error.what()));
  } catch (const OutputError& error) {
    fs::remove_all(partial, ignored);
    throw OutputError(fmt::format("{}; checkpoints that were there stay", error.what()));
  } catch (...) {
    fs::remove_all(partial, ignored);
    throw;
  }
  const auto all = checkpoints_of(folder);
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < all.size(); ++i) fs::remove_all(all[i], ignored);
}

bool has_checkpoint(const fs::path& folder) { return !checkpoints_of(folder).empty(); }

std::optional<Progress> load_checkpoint(const fs::path& folder, const TrainingState& state, const RunIdentity& run) {
  const auto all = checkpoints_of(folder);
  if (all.empty()) return {};
  const fs::path& newest = all.back();
  const nlohmann::json json = read_json_file(newest / "progress.json");
  try {
    if (json.at("format").get<int>() != format_version)
      throw InputError(fmt::format("{}: written by another version of aimcsim", newest.string()));
    if (json.at("purpose").get<std::string>() != run.purpose)
      throw InputError(
          fmt::format("{}: the checkpoint belongs to a run with another configuration; give another --out, or remove "
                      "the folder to begin anew. What differs: {}",
                      newest.string(), difference(folder / "adapt.yaml", run.configuration)));
    Progress progress{json.at("step"), json.at("tokens"), json.at("skipped_steps"), {}};
    if (json.contains("best_loss")) progress.best_loss = json.at("best_loss").get<double>();
    restore(newest, json, state, progress.step - progress.skipped_steps);
    return progress;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(fmt::format("{}: {}", (newest / "progress.json").string(), error.what()));
  }
}

}  // namespace aimc::adapt
