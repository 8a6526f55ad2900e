#pragma once
#include <cstdint>
#include <optional>

#include "base/config/provenance.h"
#include "sim/ledger/energy_table.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Writing a model's weights once.
struct ProgrammingReport {
  std::int64_t arrays = 0, devices = 0, pulses = 0;
  Energy pulse_energy, verify_energy;  ///< verify: reads priced like those of an MVM
  std::int64_t memory_bytes = 0;       ///< weights of digital linears, written to memory
  Energy memory_energy;
  Energy total, low, high;          ///< low, high: its constants are taken as wrong together
  Duration time;                    ///< of the chip that takes longest; chips are written at the same time
  std::int64_t arrays_at_once = 0;  ///< on one chip
  Power chip_power;                 ///< drawn by those
  std::int64_t amortised_over_tokens = 0;
};

/// Programs the Program's arrays as the table says; nothing when it does not say how. Every device takes `iterations`
/// pulses, one device of a cell after the other, group after group; a read of the group follows each pulse and costs
/// what its drives, cells and conversions cost in an MVM. Arrays of a chip beyond power_per_chip wait for their turn.
[[nodiscard]] std::optional<ProgrammingReport> programming_of(const Program& program, const EnergyTable& table,
                                                              const config::ProvenanceTable& provenance);

}  // namespace aimc::sim
