#include "sim/experiment/hardware_file.h"
#include "sim/ledger/pricing.h"
#include "sim/timing/tile_bench.h"
#include "sim/validate/measure.h"
#include "sim/validate/roll_up.h"

namespace aimc::sim {
namespace {

constexpr int mvms = 64;  // enough for a steady distance between results
constexpr double square_millimetre = 1e-6;

}  // namespace

Figures measure_tile_case(const ValidationFile& file, const ValidationCase& one) {
  const LoadedHardware hardware = load_hardware(one.hardware, one.set);
  const TileMeasurement tile = measure_tile(hardware.spec, mvms);
  const PeakNumbers peak = peak_numbers(hardware.spec, hardware.energy, tile.period);
  Figures figures;
  const auto add = [&](const char* name, double value) { figures[name] = {value, std::nullopt}; };
  add("mvm_period_ns", tile.period.nanoseconds());
  add("mvm_latency_ns", tile.latency.nanoseconds());
  add("mvm_energy_nj", peak.mvm_energy.si() * 1e9);
  add("chip_mvm_uj", peak.mvm_energy.si() * 1e6 * static_cast<double>(hardware.spec.chip.tiles));
  add("tops", peak.tops);
  add("gops", peak.tops * 1e3);
  add("tops_per_watt", peak.tops_per_watt);
  add("power_w", peak.watt);
  add("power_mw", peak.watt * 1e3);
  add("tops_per_mm2", peak.tops_per_mm2);
  if (!one.tile->assembly.empty()) {
    const Totals totals = roll_up(file.assemblies, one.tile->assembly);
    add("gops_per_watt", peak.tops * 1e3 / totals.power.si());
    add("gops_per_mm2", peak.tops * 1e3 / (totals.area.si() / square_millimetre));
  }
  return figures;
}

}  // namespace aimc::sim
