#pragma once
#include "sim/mapping/mapping_spec.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Throws ConfigError when the user gave (spec.digital_units_given, attention_units_given) a chip more units than the
/// chip with the most operators for them has operators: the others could never have work.
void refuse_idle_units(const Program& program, const MappingSpec& spec);

}  // namespace aimc::sim
