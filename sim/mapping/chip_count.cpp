#include "sim/mapping/chip_count.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/check/error.h"

namespace aimc::sim {
namespace {

std::int64_t ceil_divide(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

}  // namespace

void check_it_fits(std::int64_t arrays, std::int64_t chips, const HardwareSpec& hardware, const std::string& model) {
  const ChipSpec& chip = hardware.chip;
  if (chip.chips == 0 || chips <= chip.chips) return;
  const std::int64_t at_once = chip.chips * chip.tiles * hardware.tile.arrays;
  throw ConfigError(fmt::format(
      "model {} does not fit the hardware {}: it needs {} arrays of {} x {}, and {} chip(s) of {} tiles with {} "
      "array(s) "
      "in {} tier(s) have {}. It would take {} chips (hardware.chip.chips: {}, or 0 for as many as needed), {} tiles a "
      "chip (hardware.chip.tiles) or {} tiers (hardware.tile.tiers), or larger arrays.",
      model, hardware.name, arrays, hardware.tile.rows, hardware.tile.columns, chip.chips, chip.tiles,
      hardware.tile.arrays, hardware.tile.tiers, arrays_of_chip(hardware) * chip.chips, chips, chips,
      ceil_divide(arrays, chip.chips * arrays_of_tile(hardware)), ceil_divide(arrays, at_once)));
}

std::uint32_t chips_for(std::int64_t arrays, const HardwareSpec& hardware, const std::string& model) {
  const std::int64_t needed = arrays == 0 ? 1 : ceil_divide(arrays, arrays_of_chip(hardware));
  check_it_fits(arrays, needed, hardware, model);
  return static_cast<std::uint32_t>(hardware.chip.chips == 0 ? needed : hardware.chip.chips);
}

void refuse_idle_chips(const Placement& placement, const HardwareSpec& hardware) {
  if (hardware.chip.chips == 0) return;
  std::set<std::uint32_t> used(placement.home_chip.begin(), placement.home_chip.end());
  for (const Shard& shard : placement.shards) used.insert(shard.tile.chip);
  if (used.size() >= placement.chips) return;
  throw ConfigError(
      fmt::format("hardware.chip.chips: {} chips are given, but the model fills {} of them and the others would only "
                  "draw power; give "
                  "{}, or 0 for as many as needed",
                  hardware.chip.chips, used.size(), used.size()));
}

}  // namespace aimc::sim
