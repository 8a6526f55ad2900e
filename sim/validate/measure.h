#pragma once
#include <map>
#include <optional>
#include <string>

#include "sim/validate/point.h"

namespace aimc::sim {

/// A measured figure; expected only where the measurement brings a closed form of its own.
struct Figure {
  double simulated = 0;
  std::optional<double> expected;
};
using Figures = std::map<std::string, Figure>;

/// Measures one case of a file. One call per process: most cases elaborate SystemC. Throws ConfigError where the case
/// names hardware or a model that is not there.
[[nodiscard]] Figures measure(const ValidationFile& file, const ValidationCase& one);

/// Figures of a tile on its own: mvm_period_ns, mvm_latency_ns, mvm_energy_nj, chip_mvm_uj, tops, gops,
/// tops_per_watt, power_w, power_mw, tops_per_mm2; with an assembly gops_per_watt and gops_per_mm2 of it.
[[nodiscard]] Figures measure_tile_case(const ValidationFile& file, const ValidationCase& one);
/// tops, tops_per_watt; see neurram.cpp.
[[nodiscard]] Figures measure_neurram(const ValidationCase& one);
/// time_ns; see three_d_sim.h.
[[nodiscard]] Figures measure_three_d_sim(const ValidationCase& one);
/// energy_pj, energy_per_hop_pj of one packet.
[[nodiscard]] Figures measure_flit(const ValidationCase& one);
/// Sums and what follows from them; see measure_roll_up.cpp.
[[nodiscard]] Figures measure_roll_up(const ValidationFile& file, const ValidationCase& one);
/// See closed_forms.h.
[[nodiscard]] Figures measure_closed_form(const ValidationCase& one);

}  // namespace aimc::sim
