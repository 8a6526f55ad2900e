#include "base/check/check.h"
#include "sim/ledger/pricing.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

Energy full_array_energy(const HardwareSpec& hardware, const EnergyTable& table) {
  const tiles::MvmActions actions =
      tiles::mvm_actions(hardware.tile, hardware.tile.rows, outputs_per_array(hardware.tile));
  const auto of = [&](Action action, std::int64_t times) {
    return static_cast<double>(times) * unit_price(action, table, hardware).energy;
  };
  return of(Action::mvm, 1) + of(Action::dac_conversion, actions.dac_conversions) +
         of(Action::cell_read, actions.cell_reads) + of(Action::adc_conversion, actions.adc_conversions) +
         of(Action::affine, actions.affine) + of(Action::input_register, actions.input_bytes) +
         of(Action::output_register, actions.output_bytes);
}

}  // namespace

PeakNumbers peak_numbers(const HardwareSpec& hardware, const EnergyTable& table, Time measured_period) {
  AIMC_CHECK(measured_period > Time{}, "an MVM every {} ps", measured_period.picoseconds());
  constexpr double tera = 1e12, square_millimetre = 1e-6;
  const tiles::TileSpec& tile = hardware.tile;
  const double tiles = static_cast<double>(hardware.chip.tiles);
  PeakNumbers peak;
  peak.mvm_period = measured_period;
  peak.mvm_energy = full_array_energy(hardware, table);
  const double operations = tiles * 2.0 * static_cast<double>(tile.rows) * static_cast<double>(outputs_per_array(tile));
  peak.tops = operations / measured_period.seconds() / tera;
  peak.watt = tiles * (peak.mvm_energy / measured_period).si();
  if (peak.watt > 0) peak.tops_per_watt = peak.tops / peak.watt;
  peak.tops_per_mm2 = peak.tops / (tiles * tile.area.si() / square_millimetre);
  return peak;
}

}  // namespace aimc::sim
