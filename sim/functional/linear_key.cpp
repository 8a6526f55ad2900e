#include "sim/functional/linear_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check/check.h"
#include "sim/functional/build_linear.h"
#include "tiles/spec/tile_schema.h"

namespace aimc::sim {
namespace {

std::string range_text(const InputRanges& ranges, NodeId linear) {
  const auto found = ranges.find(linear);
  if (found == ranges.end()) return "dynamic";
  std::string text;
  for (const float range : found->second) text += fmt::format("{:a} ", range);
  return text;
}

std::string effects_text(tiles::Effects effects) {
  std::string text;
  for (const tiles::Effect effect : tiles::all_effects()) text += effects.has(effect) ? '1' : '0';
  return text;
}

std::string device_text(const DeploymentNumerics& numerics) {
  const tiles::DeviceOptions& device = numerics.device;
  return fmt::format("{} {:a} {} {:a} {:a} {:a} {:a} {:a} at {:a}", device.model, device.additive_sigma,
                     device.per_tile, device.programming_scale, device.read_scale, device.drift_scale, device.stuck_low,
                     device.stuck_high, numerics.seconds);
}

// Of weights that no converters follow.
std::string cells_text(const Program& program, const DeploymentNumerics& numerics) {
  return fmt::format(" in {} {} {}", program.hardware.tile.rows, device_text(numerics), effects_text(numerics.effects));
}

}  // namespace

std::string tile_text(const tiles::TileSpec& tile) { return config::to_yaml(tiles::tile_schema().to_node(tile)); }

std::string linear_key(const Program& program, const LinearPlacement& placement, const DeploymentNumerics& numerics,
                       const InputRanges& ranges, const std::string& tile) {
  const std::string& name = program.graph.node(placement.linear).name;
  const tiles::DigitalSpec& digital = program.hardware.digital;
  switch (placement.unit) {
    case LinearUnit::floating_point:
      if (is_ideal(numerics.device)) return name + " float";
      return fmt::format("{} float {}", name, cells_text(program, numerics));
    case LinearUnit::digital:
      return fmt::format("{} digital {} {} {} {}", name, digital.weight_bits, digital.input_bits,
                         static_cast<int>(digital.input_range), range_text(ranges, placement.linear)) +
             (numerics.integers_in_cells ? cells_text(program, numerics) : "");
    case LinearUnit::analog:
      return fmt::format("{} analog {} {} {} {} {} {} {} {} {}", name, device_text(numerics),
                         effects_text(numerics.effects), placement.row_tiles, placement.column_tiles,
                         range_text(ranges, placement.linear), static_cast<int>(numerics.compensation),
                         static_cast<int>(numerics.kernel), static_cast<int>(numerics.arithmetic), tile);
  }
  AIMC_CHECK(false, "unknown unit of {}", name);
}

}  // namespace aimc::sim
