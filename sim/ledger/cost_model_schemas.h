#pragma once
#include "base/config/schema.h"
#include "sim/ledger/energy_table.h"

namespace aimc::sim {

/// Keys of the section `adc` of an energy table, the fit's coefficients among them.
config::Schema<AdcEnergySpec> adc_energy_schema();
/// Keys of the section `node_scaling`.
config::Schema<NodeScaling> node_scaling_schema();
/// Keys of the section `uncertainty`.
config::Schema<UncertaintyByKind> uncertainty_schema();
/// Keys of the section `programming`.
config::Schema<ProgrammingSpec> programming_schema();
/// Keys of the section `wake`.
config::Schema<WakeEnergy> wake_energy_schema();

}  // namespace aimc::sim
