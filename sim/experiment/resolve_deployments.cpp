#include "sim/experiment/resolve_deployments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/check/error.h"
#include "base/config/nearest.h"
#include "sim/experiment/deployment_name.h"
#include "sim/experiment/present_effects.h"
#include "tiles/crossbar/fast_crossbar.h"

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;
using tiles::Effect;

/// One deployment with the place it was written, for messages.
struct Written {
  const Node& node;
  std::string path;  ///< "deployments.2"
  Diagnostics& diagnostics;

  [[nodiscard]] bool has(const char* key) const { return node.find(key) != nullptr; }
  void error(const char* key, const std::string& message) const {
    const Node* place = node.find(key);
    diagnostics.error(place != nullptr ? place->origin : node.origin, path + "." + key, message);
  }
};

const Node* deployment_node(const Node& root, std::size_t index) {
  const Node* list = root.find("deployments");
  return list != nullptr && index < list->items.size() ? &list->items[index] : nullptr;
}

// While the hardware is in error the names alone can be checked.
void check_alias_names(const Node& root, const ExperimentSpec& spec, Diagnostics& diagnostics) {
  const auto known = deployment_aliases();
  for (std::size_t i = 0; i < spec.deployments.size(); ++i) {
    const std::string& alias = spec.deployments[i].alias;
    if (alias.empty() || std::find(known.begin(), known.end(), alias) != known.end()) continue;
    DeploymentSpec unknown = spec.deployments[i];
    if (const auto reason = apply_alias(unknown, spec.hardware))
      diagnostics.error(deployment_node(root, i)->origin, fmt::format("deployments.{}.alias", i), *reason);
  }
}

// An alias says everything; a key beside it that says it too is a contradiction the user must see.
void resolve_alias(const Written& written, DeploymentSpec& deployment, const HardwareSpec& hardware) {
  if (deployment.alias.empty()) return;
  for (const char* key : {"linears", "noise", "device", "additive_sigma", "t_inference", "compensation", "only",
                          "without", "arithmetic", "digital_inputs"})
    if (written.has(key))
      written.error(key, fmt::format("the alias '{}' already says this; leave out one of the two", deployment.alias));
  if (auto reason = apply_alias(deployment, hardware)) written.error("alias", *reason);
}

bool is_device_file(const std::string& noise) {
  return noise.find('/') != std::string::npos || noise.find('.') != std::string::npos;
}

void check_checkpoint(const Written& written, const DeploymentSpec& deployment, const ExperimentSpec& spec) {
  if (!deployment.checkpoint.empty() && !fs::exists(deployment.checkpoint))
    written.error("checkpoint", fmt::format("there is no model directory '{}'; an adapted model is made by `aimcsim "
                                            "adapt`",
                                            deployment.checkpoint.string()));
  if (!deployment.ranges) return;
  if (!may_have_static_ranges(deployment, spec.hardware))
    written.error("ranges", "no linear of this deployment has a static input range");
  if (*deployment.ranges == RangeSource::calibrated &&
      spec.accuracy.calibration.method == CalibrationMethod::checkpoint)
    written.error("ranges",
                  "accuracy.calibration.method is checkpoint and says no way to calibrate; choose quantile "
                  "there and ranges: checkpoint where learned ranges are wanted");
}

// A device file is found from the file that names it, as every path is.
void resolve_device(const Written& written, DeploymentSpec& deployment) {
  if (deployment.additive_sigma && written.has("device") && written.node.find("device")->find("additive_sigma"))
    written.error("additive_sigma", "device.additive_sigma already says this; leave out one of the two");
  if (deployment.noise == "none" || !is_device_file(deployment.noise)) return;
  fs::path file = deployment.noise;
  const Node* place = written.node.find("noise");
  if (file.is_relative() && place != nullptr && place->origin.line > 0)
    file = fs::path(place->origin.file).parent_path() / file;
  if (!fs::is_regular_file(file)) {
    written.error("noise", fmt::format("there is no device file '{}'", file.lexically_normal().string()));
    return;
  }
  deployment.noise = fs::absolute(file).lexically_normal().string();
}

void resolve_effects(const Written& written, DeploymentSpec& deployment) {
  if (written.has("only") && written.has("without")) {
    written.error("without", "`only` already says which non-idealities act; leave out one of the two");
    return;
  }
  if (written.has("only")) {
    deployment.effects = tiles::Effects::none();
    for (const Effect effect : deployment.only) deployment.effects = deployment.effects.with(effect);
  }
  for (const Effect effect : deployment.without) deployment.effects = deployment.effects.without(effect);
}

// The device with all its effects; null and a diagnostic when there is none.
std::shared_ptr<const tiles::Device> device_of(const Written& written, const DeploymentSpec& deployment) {
  const auto known = tiles::device_models();
  const std::string& noise = deployment.noise;
  if (!is_device_file(noise) && std::find(known.begin(), known.end(), noise) == known.end()) {
    const std::string near = config::nearest(noise, known);
    written.error("noise",
                  fmt::format("there is no noise model '{}'{}; known: {}, or the path of a device file", noise,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near), fmt::join(known, ", ")));
    return nullptr;
  }
  tiles::DeviceOptions options = device_options(deployment);
  options.effects = tiles::Effects::all();
  try {
    return tiles::make_device(options);
  } catch (const ConfigError& error) {
    written.error("noise", error.what());
  } catch (const InputError& error) {
    written.error("noise", error.what());
  }
  return nullptr;
}

// Keys that nothing would feel are a misunderstanding the user must hear of.
void check_device_keys(const Written& written, const DeploymentSpec& deployment, const tiles::Device& device) {
  const bool analog = may_use(deployment, LinearUnit::analog);
  const bool none = deployment.noise == "none";
  if (none && written.has("device") && !has_cells(deployment))
    written.error("device", "`noise` names no device that these options could change; ideal cells can only be stuck");
  const bool sigma =
      deployment.additive_sigma || (written.has("device") && written.node.find("device")->find("additive_sigma"));
  if (sigma && deployment.noise != "additive") written.error("additive_sigma", "it belongs to noise: additive");
  if (deployment.t_inference.si() > 0 && !device.changes_with_time())
    written.error("t_inference", fmt::format("'{}' does not change with time; choose a device that drifts or leave "
                                             "this out",
                                             deployment.noise));
  try {
    device.check_time(deployment.t_inference.si());
  } catch (const ConfigError& error) {
    written.error("t_inference", error.what());
  }
  if (deployment.compensation == tiles::DriftCompensation::none) return;
  if (!device.changes_with_time())
    written.error("compensation", fmt::format("'{}' does not drift, so there is nothing to undo", deployment.noise));
  if (!analog) written.error("compensation", "it is measured on arrays: no linear of this deployment is analog");
}

bool is_cell_effect(Effect effect) {
  return effect == Effect::programming_noise || effect == Effect::read_noise || effect == Effect::drift ||
         effect == Effect::faults;
}

// A factor on what the device does not have would change nothing.
void check_scales(const Written& written, const DeploymentSpec& deployment) {
  tiles::DeviceOptions unscaled = device_options(deployment);
  unscaled.programming_scale = unscaled.read_scale = unscaled.drift_scale = 1;
  const auto check = [&](const char* key, double scale, Effect effect) {
    if (scale != 1 && !device_has(unscaled, effect))
      written.error("device", fmt::format("{}: '{}' has no {}, so there is nothing to scale", key, deployment.noise,
                                          tiles::name(effect)));
  };
  check("programming_scale", deployment.device.programming_scale, Effect::programming_noise);
  check("read_scale", deployment.device.read_scale, Effect::read_noise);
  check("drift_scale", deployment.device.drift_scale, Effect::drift);
}

std::string why_absent(const DeploymentSpec& deployment, Effect effect) {
  if (is_cell_effect(effect)) {
    if (!has_cells(deployment)) return "its weights are held in no device";
    if (effect == Effect::faults) return "none of its cells are stuck (device.stuck_low, device.stuck_high)";
    return fmt::format("the device '{}' has none", deployment.noise);
  }
  if (!may_use(deployment, LinearUnit::analog)) return "none of its linears is analog";
  return "its magnitude in hardware.tile.periphery is 0";
}

void check_effects(const Written& written, const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  for (const auto& [key, effects] : {std::pair("only", &deployment.only), std::pair("without", &deployment.without)})
    for (const Effect effect : *effects)
      if (!has_effect(deployment, hardware, effect))
        written.error(key, fmt::format("nothing of this deployment has {}: {}", tiles::name(effect),
                                       why_absent(deployment, effect)));
}

void check_array_keys(const Written& written, const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  const bool analog = may_use(deployment, LinearUnit::analog);
  const bool integers =
      deployment.kernel == tiles::CrossbarKernel::bf16 || deployment.kernel == tiles::CrossbarKernel::int8;
  if (analog && integers && !tiles::fast_crossbar_serves(hardware.tile, deployment.effects))
    written.error("kernel",
                  "circuits, MVM modes, slices and converters that are off in part compute in fp32; leave "
                  "out the kernel or choose fp32");
  if (deployment.arithmetic != tiles::CrossbarArithmetic::off_grid) return;
  if (!analog) written.error("arithmetic", "it is of arrays: no linear of this deployment is analog");
  if (integers) written.error("kernel", "weights off the grid are fp32 numbers; leave out the kernel or choose fp32");
}

void check_names(const Node& root, const ExperimentSpec& spec, Diagnostics& diagnostics) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spec.deployments.size(); ++i) {
    const std::string name = deployment_name(spec.deployments[i], spec.hardware);
    if (!names.insert(name).second)
      diagnostics.error(deployment_node(root, i)->origin, fmt::format("deployments.{}", i),
                        fmt::format("a second deployment '{}'; give one of them a label", name));
  }
  if (spec.deployments.empty())
    diagnostics.error(root.origin, "deployments", "list at least one deployment, for example si8-w16-hwnoise-o8");
  if (!spec.workload.deployment.empty() && names.count(spec.workload.deployment) == 0)
    diagnostics.error(
        root.origin, "workload.deployment",
        fmt::format("there is no deployment '{}'; there are: {}", spec.workload.deployment, fmt::join(names, ", ")));
}

}  // namespace

void resolve_deployments(const Node& root, ExperimentSpec& spec, Diagnostics& diagnostics) {
  if (!diagnostics.ok()) {
    check_alias_names(root, spec, diagnostics);
    return;
  }
  bool devices = true;
  for (std::size_t i = 0; i < spec.deployments.size(); ++i) {
    DeploymentSpec& deployment = spec.deployments[i];
    const Written written{*deployment_node(root, i), fmt::format("deployments.{}", i), diagnostics};
    resolve_alias(written, deployment, spec.hardware);
    resolve_device(written, deployment);
    check_checkpoint(written, deployment, spec);
    resolve_effects(written, deployment);
    check_array_keys(written, deployment, spec.hardware);
    const auto device = device_of(written, deployment);
    devices = devices && device != nullptr;
    if (device == nullptr) continue;
    check_device_keys(written, deployment, *device);
    if (has_cells(deployment)) check_scales(written, deployment);
    check_effects(written, deployment, spec.hardware);
  }
  if (devices) check_names(root, spec, diagnostics);
}

}  // namespace aimc::sim
