#include "sim/experiment/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check/error.h"
#include "base/files/text_file.h"
#include "sim/experiment/model_tokenizer.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using workloads::ModelConfig;

struct ShapeField {
  const char* name;
  std::int64_t ModelConfig::* value;
};

constexpr ShapeField shape_fields[] = {{"layers", &ModelConfig::layers},
                                       {"hidden size", &ModelConfig::hidden},
                                       {"vocabulary", &ModelConfig::vocabulary},
                                       {"intermediate size", &ModelConfig::intermediate},
                                       {"attention heads", &ModelConfig::heads},
                                       {"key/value heads", &ModelConfig::kv_heads},
                                       {"head dimension", &ModelConfig::head_dim},
                                       {"context", &ModelConfig::context},
                                       {"sliding window", &ModelConfig::sliding_window}};

// The same operators under the same names; where rotary pairs lie in a head goes with the weights.
std::string first_different_node(const workloads::Graph& a, const workloads::Graph& b) {
  for (std::size_t i = 0; i < std::min(a.nodes.size(), b.nodes.size()); ++i)
    if (a.nodes[i].name != b.nodes[i].name || a.nodes[i].inputs != b.nodes[i].inputs)
      return fmt::format("operator {}: {} and {}", i, a.nodes[i].name, b.nodes[i].name);
  if (a.nodes.size() == b.nodes.size()) return {};
  return fmt::format("operators: {} and {}", a.nodes.size(), b.nodes.size());
}

ModelReference reference_of(const ModelReference& own, const fs::path& checkpoint) {
  ModelReference reference = own;
  reference.path = checkpoint;
  if (fs::exists(checkpoint / "config.json")) reference.format = workloads::ModelFormat::hugging_face;
  reference.tokenizer = tokenizer_path(own).filename().string();
  return reference;
}

void check_tokenizer(const ModelReference& own, const ModelReference& other) {
  const fs::path theirs = tokenizer_path(other), ours = tokenizer_path(own);
  if (!fs::exists(theirs))
    throw InputError(fmt::format("{}: the checkpoint has no tokenizer {}; copy the model's own, {}, beside its weights",
                                 other.path.string(), theirs.filename().string(), ours.string()));
  if (read_text_file(theirs) != read_text_file(ours))
    throw ConfigError(
        fmt::format("deployments: checkpoint: {} is not the model's tokenizer {}, so that the same text "
                    "would be other tokens",
                    theirs.string(), ours.string()));
}

}  // namespace

std::string first_difference(const workloads::Model& a, const workloads::Model& b) {
  for (const auto& [name, value] : shape_fields)
    if (a.config.*value != b.config.*value) return fmt::format("{}: {} and {}", name, a.config.*value, b.config.*value);
  if (std::abs(a.config.rms_norm_epsilon - b.config.rms_norm_epsilon) > 1e-12)
    return fmt::format("rms_norm_eps: {} and {}", a.config.rms_norm_epsilon, b.config.rms_norm_epsilon);
  if (a.graph.rope.frequencies != b.graph.rope.frequencies)
    return fmt::format("rotary frequencies: theta {} and {}, or their scaling", a.config.rope_theta,
                       b.config.rope_theta);
  return first_different_node(a.graph, b.graph);
}

LoadedModel load_checkpoint(const ModelReference& own_reference, const LoadedModel& own,
                            const DeploymentSpec& deployment) {
  if (deployment.checkpoint.empty()) return own;
  const ModelReference reference = reference_of(own_reference, deployment.checkpoint);
  LoadedModel loaded{workloads::open_model(reference.path, reference.format), own.tokenizer, {}};
  if (const std::string difference = first_difference(loaded.model, own.model); !difference.empty())
    throw ConfigError(fmt::format("deployments: checkpoint: {} has not the shape of the model {}: {}",
                                  reference.path.string(), own_reference.path.string(), difference));
  if (!own.has_weights()) return loaded;
  if (!loaded.has_weights())
    throw InputError(fmt::format("{}: the checkpoint has no weights (model.safetensors)", reference.path.string()));
  check_tokenizer(own_reference, reference);
  loaded.shared = read_shared_tensors(loaded.model.graph, *loaded.model.weights);
  return loaded;
}

}  // namespace aimc::sim
