#include "sim/ledger/pricing.h"
#include "sim/validate/measure.h"
#include "sim/validate/roll_up.h"

namespace aimc::sim {
namespace {

constexpr double square_millimetre = 1e-6;

/// The chip's area once more, as the ledger sums that of every simulated chip.
Area ledger_area(const ValidationFile& file, const RollUpSetup& setup) {
  Program program;
  program.hardware.chip.tiles = setup.tiles;
  program.hardware.tile.area = roll_up(file.assemblies, setup.tile).area;
  program.hardware.chip.other_area = roll_up(file.assemblies, setup.assembly, setup.tile).area;
  return area_of(program, {}).total;
}

}  // namespace

Figures measure_roll_up(const ValidationFile& file, const ValidationCase& one) {
  const RollUpSetup& setup = *one.roll_up;
  const Totals totals = roll_up(file.assemblies, setup.assembly);
  const double area = totals.area.si() / square_millimetre;
  Figures figures;
  const auto add = [&](const char* name, double value) { figures[name] = {value, std::nullopt}; };
  add("power_mw", totals.power.si() * 1e3);
  add("power_w", totals.power.si());
  add("area_mm2", area);
  add("energy_pj", totals.energy.si() * 1e12);
  add("energy_nj", totals.energy.si() * 1e9);
  if (setup.time > Time{}) {
    add("time_ns", setup.time.nanoseconds());
    add("mean_power_mw", (totals.energy / setup.time).si() * 1e3);
    add("gops", 2e-9 * static_cast<double>(setup.macs) / setup.time.seconds());
  }
  if (setup.macs > 0) add("pj_per_mac", totals.energy.si() * 1e12 / static_cast<double>(setup.macs));
  if (setup.tera_operations > 0) {
    add("gops_per_mm2", setup.tera_operations * 1e3 / area);
    add("gops_per_watt", setup.tera_operations * 1e3 / totals.power.si());
  }
  if (!setup.tile.empty()) add("ledger_area_mm2", ledger_area(file, setup).si() / square_millimetre);
  return figures;
}

}  // namespace aimc::sim
