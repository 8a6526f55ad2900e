#pragma once
#include <string>

#include "base/config/schema.h"
#include "sim/ledger/energy_table.h"

namespace aimc::sim {

/// The keys of an energy table (configs/energy/*.yaml): actions.COMPONENT.ACTION.{energy, scaling, reference_bits,
/// fixed_share, included_in, omitted}, the cost models, and included_in and omitted.CONTRIBUTION.
const config::Schema<EnergyTable>& energy_schema();

/// Reads a table. Besides the schema's rules: every action has an energy, is included elsewhere or is omitted (an
/// energy given by the user wins over the file's word); so has every contribution; technologies are known ones. Kinds
/// and sources come from the annotations.
void parse_energy_table(const config::Node& node, const std::string& key_path, EnergyTable& table,
                        config::ParseContext& context);

}  // namespace aimc::sim
