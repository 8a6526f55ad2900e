// NeuRRAM (Wan et al., Nature 608, 504, 2022) at eight precisions: what changes with the bits is predicted, from the
// published step times and one published setting (4-bit outputs, 2-bit inputs).
//
// Time: an input bit k of the magnitude is 2^(k-1) integration pulses of 0.27 us, a converter step takes 0.3 us; the
// converter makes one step a output bit and one more. From 5 input bits on the magnitude is split over two phases. All
// of that is in the TileSpec of the case (pulses, SAR steps after the integration, `split`).
//
// Energy of one cell and MVM: word lines and input drivers switch once an input bit; the neuron integrates (a share an
// input bit and a share a pulse) and converts (a share a step, out + 1 in one phase, 2 out in two). Shares are
// CiMLoop's component values; the whole neuron is scaled to the published one of the reference setting.
#include <numeric>

#include "sim/experiment/hardware_file.h"
#include "sim/timing/tile_bench.h"
#include "sim/validate/measure.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

struct Drives {
  std::int64_t bits = 0, pulses = 0, steps = 0;
};

Drives drives_of(const tiles::TileSpec& tile) {
  Drives drives;
  const std::vector<tiles::InputPass> passes = input_passes(tile);
  for (const tiles::InputPass& pass : passes) {
    drives.bits += pass.bits;
    drives.pulses += pass.full_scale();
  }
  drives.steps = passes.size() == 1 ? tile.adc.bits + 1 : std::ssize(passes) * tile.adc.bits;
  return drives;
}

Energy neuron_shares(const NeuRramSetup& setup, const Drives& drives) {
  return static_cast<double>(drives.bits) * setup.integrator_bit +
         static_cast<double>(drives.pulses) * setup.integrator_pulse +
         static_cast<double>(drives.steps) * setup.adc_step;
}

Energy energy_per_cell(const NeuRramSetup& setup, const Drives& drives) {
  const Energy reference = neuron_shares(setup, {1, 1, setup.reference_steps});
  return static_cast<double>(drives.bits) * (setup.word_line + setup.drivers) +
         (neuron_shares(setup, drives) / reference) * setup.neuron;
}

}  // namespace

Figures measure_neurram(const ValidationCase& one) {
  const LoadedHardware hardware = load_hardware(one.hardware, one.set);
  const tiles::TileSpec& tile = hardware.spec.tile;
  const Time period = measure_tile(hardware.spec, 16).period;
  // Two cells hold a weight, and a MAC is two operations: one operation for each cell.
  const double operations = 2.0 * static_cast<double>(tile.rows * tile.columns);
  const double per_second = static_cast<double>(one.neurram->cores) * operations / period.seconds();
  const double per_joule = 1 / energy_per_cell(*one.neurram, drives_of(tile)).si();
  return {{"tops", {per_second / 1e12, std::nullopt}}, {"tops_per_watt", {per_joule / 1e12, std::nullopt}}};
}

}  // namespace aimc::sim
