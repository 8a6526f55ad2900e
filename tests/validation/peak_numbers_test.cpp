// Published peak numbers of chips and tiles (hardware.md section 4) against the presets. Expected values are the
// published ones (or the arithmetic on them that hardware.md states), never the presets' own.
#include <gtest/gtest.h>

#include "../sim/read_preset.h"
#include "point.h"
#include "sim/ledger/pricing.h"
#include "sim/timing/tile_bench.h"

namespace aimc::sim {
namespace {

/// The period is measured on the SystemC tile; one elaboration a process, so one call a test.
PeakNumbers peak_of(const Preset& preset) {
  return peak_numbers(preset.hardware, preset.energy, measure_tile(preset.hardware, 64).period);
}

double nanojoule(Energy energy) { return energy.si() * 1e9; }

TEST(PeakNumbers, V1HermesCore) {
  const PeakNumbers peak = peak_of(read_preset("hermes-core"));
  compare({"V1", "ns/MVM", 130.0, peak.mvm_period.nanoseconds(), 0.01, PointKind::calibrated});
  compare({"V1", "TOPS", 1.008, peak.tops, 0.01, PointKind::calibrated});
  compare({"V1", "TOPS/W", 10.5, peak.tops_per_watt, 0.01, PointKind::calibrated});
  compare({"V1", "W", 0.096, peak.watt, 0.01, PointKind::calibrated});
  compare({"V1", "TOPS/mm2", 1.59, peak.tops_per_mm2, 0.01, PointKind::calibrated});
}

TEST(PeakNumbers, V2Hermes64OnePhase) {
  const PeakNumbers peak = peak_of(read_preset("hermes-64"));
  compare({"V2", "TOPS", 63.1, peak.tops, 0.01, PointKind::calibrated});
  compare({"V2", "TOPS/W", 9.76, peak.tops_per_watt, 0.01, PointKind::calibrated});
  compare({"V2", "W", 6.47, peak.watt, 0.01, PointKind::calibrated});
  compare({"V2", "TOPS/mm2", 1.55, peak.tops_per_mm2, 0.02, PointKind::calibrated});
  compare({"V2", "uJ all cores", 0.86, 64e-3 * nanojoule(peak.mvm_energy), 0.01, PointKind::calibrated});
}

TEST(PeakNumbers, V3Hermes64FourPhases) {
  const PeakNumbers peak = peak_of(read_preset("hermes-64", {"hardware.tile.input.phases=4"}));
  compare({"V3", "ns/MVM", 521, peak.mvm_period.nanoseconds(), 0.03, PointKind::independent});
  compare({"V3", "TOPS", 16.1, peak.tops, 0.03, PointKind::independent});
  compare({"V3", "TOPS/W", 2.48, peak.tops_per_watt, 0.03, PointKind::independent});
  compare({"V3", "nJ/MVM", 52.8, nanojoule(peak.mvm_energy), 0.03, PointKind::independent});
  // The prediction itself, as hardware.md works it out by hand.
  EXPECT_NEAR(peak.mvm_period.nanoseconds(), 531.8, 0.05);
  EXPECT_NEAR(nanojoule(peak.mvm_energy), 53.7, 0.05);
}

TEST(PeakNumbers, V10BurrTile) {
  const PeakNumbers peak = peak_of(read_preset("aimc-2d-mesh", {"hardware.chip.tiles=1"}));
  compare({"V10", "ns/MVM", 40, peak.mvm_period.nanoseconds(), 0.01, PointKind::calibrated});
  compare({"V10", "nJ/MVM", 5.24, nanojoule(peak.mvm_energy), 0.01, PointKind::calibrated});
  compare({"V10", "TOPS", 13.1, peak.tops, 0.01, PointKind::calibrated});
  compare({"V10", "TOPS/W", 100, peak.tops_per_watt, 0.01, PointKind::calibrated});
  compare({"V10", "TOPS/mm2", 10.9, peak.tops_per_mm2, 0.01, PointKind::calibrated});
}

TEST(PeakNumbers, ThreeDSimTile) {
  // hardware 2.1: 100 ns and 10 nJ are 5.24 TOPS and 52.4 TOPS/W a tile.
  const PeakNumbers peak = peak_of(read_preset("3d-aimc", {"hardware.chip.tiles=1"}));
  compare({"3DS", "TOPS", 5.24, peak.tops, 0.01, PointKind::calibrated});
  compare({"3DS", "TOPS/W", 52.4, peak.tops_per_watt, 0.01, PointKind::calibrated});
}

}  // namespace
}  // namespace aimc::sim
