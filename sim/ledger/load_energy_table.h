#pragma once
#include <memory>
#include <string>

#include "base/config/schema_core.h"
#include "sim/ledger/energy_table.h"

namespace aimc::sim {

/// The keys of an energy table (configs/energy/*.yaml): actions.COMPONENT.ACTION.{energy, scaling, reference_bits,
/// fixed_share, omitted} and omitted.CONTRIBUTION. Objects are EnergyTable.
std::shared_ptr<const config::SchemaCore> energy_schema();

/// Reads a table. Besides the schema's rules: every action has either an energy or the reason why it is omitted (an
/// energy given by the user wins over the file's omission). Kinds and sources come from the annotations.
void parse_energy_table(const config::Node& node, const std::string& key_path, EnergyTable& table,
                        config::ParseContext& context);

}  // namespace aimc::sim
