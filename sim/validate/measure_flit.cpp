#include "sim/experiment/hardware_file.h"
#include "sim/ledger/unit_price.h"
#include "sim/timing/timing.h"
#include "sim/validate/measure.h"
#include "sim/validate/two_tiles.h"

namespace aimc::sim {

Figures measure_flit(const ValidationCase& one) {
  const LoadedHardware hardware = load_hardware(one.hardware, one.set);
  const interconnect::NetworkSpec& network = hardware.spec.network;
  const Program program = two_tiles(hardware.spec, one.flit->hops, network.flit_bits - network.header_bits);
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(1, 1));
  std::int64_t flit_hops = 0;
  for (const auto& [key, times] : result.counts.entries())
    if (key.action == Action::flit_hop && key.operator_id == 0) flit_hops += times;
  const Energy energy =
      static_cast<double>(flit_hops) * unit_price(Action::flit_hop, hardware.energy, hardware.spec).energy;
  return {{"energy_pj", {energy.si() * 1e12, std::nullopt}},
          {"energy_per_hop_pj", {energy.si() * 1e12 / static_cast<double>(one.flit->hops), std::nullopt}}};
}

}  // namespace aimc::sim
