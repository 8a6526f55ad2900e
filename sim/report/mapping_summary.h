#pragma once
#include <functional>
#include <string>

#include "sim/mapping/kv_capacity.h"
#include "sim/mapping/mapping_spec.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// How a program was laid over the chips, for a terminal: strategy, tiles, copies, weighted hops, and chip by chip its
/// KV caches with place and size.
[[nodiscard]] std::string mapping_summary(const Program& program, const MappingSpec& spec, const KvDemand& demand);

/// One row for each strategy: tiles, chips, most copies, weighted hops and those between chips; or why it cannot be
/// used. `map` maps with a strategy.
[[nodiscard]] std::string strategy_table(const MappingSpec& spec,
                                         const std::function<Program(const MappingSpec& spec)>& map);

}  // namespace aimc::sim
