#include "tiles/device/load_device.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>

#include "base/check/error.h"
#include "base/config/nearest.h"
#include "tiles/device/cell_table.h"
#include "tiles/device/curve.h"
#include "tiles/device/device.h"
#include "tiles/device/device_schema.h"

namespace aimc::tiles {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;

constexpr int deepest = 8;  ///< devices based on devices

bool is_path(const std::string& name) { return name.ends_with(".yaml") || name.find('/') != std::string::npos; }

/// The file as one tree, with the keys of the device it is based on beneath its own.
Node read_tree(const fs::path& file, Diagnostics& diagnostics, int depth = 0) {
  Node root = config::read_yaml_file(file, diagnostics);
  const Node* base = root.find("based_on");
  if (base == nullptr) return root;
  const Node name = *base;
  std::erase_if(root.entries, [](const auto& entry) { return entry.first == "based_on"; });
  if (name.kind != Node::Kind::scalar || depth == deepest) {
    diagnostics.error(name.origin, "based_on",
                      depth == deepest ? "too many devices based on each other" : "expected the name of a device");
    return root;
  }
  try {
    const fs::path beneath =
        is_path(name.scalar) ? fs::path(file.parent_path() / name.scalar) : device_file(name.scalar);
    Node merged = config::merged(read_tree(beneath, diagnostics, depth + 1), root);
    merged.origin = root.origin;
    return merged;
  } catch (const ConfigError& error) {
    diagnostics.error(name.origin, "based_on", error.what());
    return root;
  }
}

/// Whether the file itself, not one it is based on, gives the length of a read.
bool gives_read_time(const fs::path& file, Diagnostics& diagnostics) {
  const Node own = config::read_yaml_file(file, diagnostics);
  const Node* read = own.find("read_noise");
  return read != nullptr && read->kind == Node::Kind::map && read->find("t_read") != nullptr;
}

/// Reports where a curve is negative or not finite within the window of the cells.
void check_curve(const std::string& key, const CurveSpec& spec, const DeviceSpec& device, const config::Origin& origin,
                 Diagnostics& diagnostics) {
  const double full_scale = device.unit == ConductanceUnit::weight ? 1 : device.converter.g_max;
  const Curve curve(spec);
  constexpr int points = 200;
  for (int i = 0; i <= points; ++i) {
    const double g = device.converter.g_min + (full_scale - device.converter.g_min) * i / points;
    const double value = curve.at(g, full_scale);
    if (std::isfinite(value) && value >= 0) continue;
    diagnostics.error(origin, key, fmt::format("it is {} at a conductance of {}", value, g));
    return;
  }
}

void check_curves(const DeviceSpec& device, const config::Origin& origin, Diagnostics& diagnostics) {
  const auto check = [&](const std::string& key, const CurveSpec& spec) {
    check_curve(key, spec, device, origin, diagnostics);
  };
  if (device.programming) {
    if (device.programming->sigma.pieces.empty())
      diagnostics.error(origin, "programming.sigma", "it is missing; give a curve, or a table with a column sigma");
    check("programming.sigma", device.programming->sigma);
    if (device.programming->mean) check("programming.mean", *device.programming->mean);
  }
  if (device.drift && device.drift->power_law)
    check("drift.power_law.exponent_std", device.drift->power_law->exponent_std);
  if (device.drift)
    for (const RedrawSpec& redraw : device.drift->redraw) check("drift.redraw.sigma", redraw.sigma);
  if (!device.read_noise) return;
  if (device.read_noise->relative_sigma) check("read_noise.relative_sigma", *device.read_noise->relative_sigma);
  if (device.read_noise->sigma) check("read_noise.sigma", *device.read_noise->sigma);
  if (!device.read_noise->relative_sigma && !device.read_noise->sigma)
    diagnostics.error(origin, "read_noise", "give relative_sigma, sigma, or a table with a column relative_read_noise");
}

}  // namespace

fs::path device_file(const std::string& name_or_path) {
  if (is_path(name_or_path)) {
    if (fs::is_regular_file(name_or_path)) return name_or_path;
    throw ConfigError(fmt::format("there is no device file '{}'", name_or_path));
  }
  if (const char* own = std::getenv("AIMCSIM_CONFIGS")) {
    fs::path file = fs::path(own) / "devices" / (name_or_path + ".yaml");
    if (fs::is_regular_file(file)) return file;
  }
  fs::path file = fs::path(AIMC_CONFIG_DIR) / "devices" / (name_or_path + ".yaml");
  if (fs::is_regular_file(file)) return file;
  const auto known = device_models();
  const std::string near = config::nearest(name_or_path, known);
  throw ConfigError(fmt::format("unknown device model '{}'; {}choose one of: {} (or give the path of a device file)",
                                name_or_path, near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                                fmt::join(known, ", ")));
}

DeviceSpec load_device(const fs::path& file) {
  Diagnostics diagnostics;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  const Node root = read_tree(file, diagnostics);
  diagnostics.throw_if_any();
  DeviceSpec device;
  device_schema().parse(root, "", device, context);
  diagnostics.throw_if_any();
  if (!device.table.empty()) apply_cell_table(device.table, device, gives_read_time(file, diagnostics), diagnostics);
  diagnostics.throw_if_any();
  check_curves(device, root.origin, diagnostics);
  diagnostics.throw_if_any();
  return device;
}

}  // namespace aimc::tiles
