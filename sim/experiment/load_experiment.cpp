#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check/error.h"
#include "base/config/origin_at.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/experiment_schema.h"
#include "sim/experiment/experiment_spec.h"
#include "sim/experiment/hardware_file.h"
#include "sim/experiment/present_effects.h"
#include "sim/experiment/resolve_deployments.h"
#include "sim/experiment/workload_schema.h"
#include "sim/functional/checkpoint_ranges.h"
#include "sim/program/document.h"
#include "workloads/model/model.h"
#include "workloads/tasks/task_schema.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;

// The experiment's schema sees a name where the hardware stood; the hardware's own schema reads what it means.
Node name_in_place_of_hardware(Node& root) {
  Node* place = root.find("hardware");
  if (place == nullptr || place->kind != Node::Kind::map) return {};
  Node hardware = *place;
  const Node* name = hardware.find("name");
  *place = Node{};
  place->kind = Node::Kind::scalar;
  place->scalar = name != nullptr ? name->scalar : "unnamed";
  place->quoted = true;
  place->origin = hardware.origin;
  return hardware;
}

bool needs_calibration(const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  // A named checkpoint may bring its own; the run sees whether it does.
  if (deployment.ranges ? *deployment.ranges == RangeSource::checkpoint : !deployment.checkpoint.empty()) return false;
  return may_have_static_ranges(deployment, hardware);
}

// Whether the model has input ranges of its own; a model that cannot be read says so when it is loaded.
bool brings_ranges(const ModelReference& spec) {
  try {
    const workloads::Model model = workloads::open_model(spec.path, spec.format);
    return model.weights != nullptr && has_learned_ranges(model.graph, *model.weights);
  } catch (const InputError&) {
    return true;
  } catch (const ConfigError&) {
    return true;
  }
}

// What accuracy needs, before anything is computed.
void check_accuracy(const Node& root, ExperimentSpec& spec, Diagnostics& diagnostics) {
  if (spec.accuracy.task.empty() || !fs::exists(spec.accuracy.task)) return;
  spec.accuracy.items = workloads::read_task_spec(spec.accuracy.task, diagnostics);
  const bool learned = spec.accuracy.calibration.method == CalibrationMethod::checkpoint;
  if (learned || !spec.accuracy.calibration_text.empty()) return;
  for (const auto& deployment : spec.deployments)
    if (needs_calibration(deployment, spec.hardware) && (deployment.ranges || !brings_ranges(spec.model))) {
      diagnostics.error(root.origin, "accuracy.calibration_text",
                        fmt::format("'{}' has static input ranges, which need a text to calibrate them on",
                                    deployment_name(deployment, spec.hardware)));
      return;
    }
}

// Names become file names, JSON keys and CSV cells.
void check_names(const Node& root, const ExperimentSpec& spec, Diagnostics& diagnostics) {
  if (spec.name.find_first_of("/\\") != std::string::npos || spec.name.starts_with("."))
    diagnostics.error(root.origin, "name", "a name without slashes that does not begin with a dot, please");
  for (std::size_t i = 0; i < spec.deployments.size(); ++i)
    if (spec.deployments[i].label.find_first_of(",\"\n\r") != std::string::npos)
      diagnostics.error(root.find("deployments")->items.at(i).origin, fmt::format("deployments.{}.label", i),
                        "a label without commas, quotes and line breaks, please: it is a cell of CSV files");
}

void check_files(const Node& root, const ExperimentSpec& spec, Diagnostics& diagnostics) {
  const auto exists = [&](const fs::path& path, const std::string& key) {
    if (path.empty() || fs::exists(path)) return;
    diagnostics.error(config::origin_at(root, key), key, fmt::format("there is no file '{}'", path.string()));
  };
  exists(spec.model.path, "model.path");
  exists(spec.accuracy.task, "accuracy.task");
  exists(spec.accuracy.calibration_text, "accuracy.calibration_text");
}

void set_scalar(Node& root, const std::string& section, const std::string& key, const std::string& value) {
  Node* map = root.find(section);
  Node* place = map == nullptr ? nullptr : map->find(key);
  if (place == nullptr) return;
  *place = Node{};
  place->kind = Node::Kind::scalar;
  place->scalar = value;
  place->quoted = true;
}

// The resolved file stands in another folder than the experiment, so its paths are made absolute.
std::string resolved_text(Node root, const ExperimentSpec& spec) {
  const auto absolute = [](const fs::path& path) {
    return path.empty() ? std::string() : fs::absolute(path).lexically_normal().string();
  };
  set_scalar(root, "model", "path", absolute(spec.model.path));
  set_scalar(root, "accuracy", "task", absolute(spec.accuracy.task));
  set_scalar(root, "accuracy", "calibration_text", absolute(spec.accuracy.calibration_text));
  if (Node* workload = root.find("workload"); workload != nullptr && workload->kind == Node::Kind::map)
    set_scalar(*workload, "arrivals", "trace", absolute(spec.workload.arrivals.trace));
  Node* deployments = root.find("deployments");
  for (std::size_t i = 0; deployments != nullptr && i < deployments->items.size(); ++i) {
    const DeploymentSpec& deployment = spec.deployments.at(i);
    const auto replace = [&](const char* key, const std::string& value) {
      if (Node* place = deployments->items[i].find(key); place != nullptr && place->kind == Node::Kind::scalar)
        place->scalar = value;
    };
    replace("noise", deployment.noise);
    replace("checkpoint", absolute(deployment.checkpoint));
  }
  return config::to_yaml(root);
}

// Laid over a preset or given by --set; what stands in a hardware file is the chip as built.
bool chosen_by_user(const Node& hardware, const std::string& unit_count) {
  const Node* chip = hardware.find("chip");
  const Node* count = chip == nullptr || chip->kind != Node::Kind::map ? nullptr : chip->find(unit_count);
  if (count == nullptr) return false;
  const Node* value = count->annotates_value() ? count->find("value") : nullptr;
  return count->layer > 0 || (value != nullptr && value->layer > 0);
}

}  // namespace

ExperimentSpec load_experiment(const fs::path& file, const std::vector<std::string>& overrides) {
  Diagnostics diagnostics;
  const Node document = read_experiment_document(file, overrides, diagnostics);
  if (document.kind != Node::Kind::map && diagnostics.ok())
    diagnostics.error({file.string(), 0}, "", "an experiment is a mapping with model, hardware, deployments");
  if (document.kind != Node::Kind::map) diagnostics.throw_if_any();
  return parse_experiment(document, file, diagnostics);
}

ExperimentSpec parse_experiment(const Node& document, const fs::path& file, Diagnostics& diagnostics) {
  ExperimentSpec spec;
  config::ParseContext context{diagnostics, spec.provenance};
  Node root = document;
  const Node hardware = name_in_place_of_hardware(root);
  experiment_schema().parse(root, "", spec, context);
  parse_hardware(hardware, spec.hardware, spec.energy, context);
  spec.mapping.digital_units_given = chosen_by_user(hardware, "digital_units");
  spec.mapping.attention_units_given = chosen_by_user(hardware, "attention_units");
  if (spec.name.empty()) spec.name = file.stem().string();
  check_files(root, spec, diagnostics);
  if (const Node* workload = root.find("workload")) resolve_workload(*workload, spec.workload, diagnostics);
  check_names(root, spec, diagnostics);
  resolve_deployments(root, spec, diagnostics);
  if (diagnostics.ok()) check_accuracy(root, spec, diagnostics);
  diagnostics.throw_if_any();
  spec.resolved_yaml = resolved_text(document, spec);
  return spec;
}

}  // namespace aimc::sim
