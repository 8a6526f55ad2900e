#pragma once
#include <string>

#include "sim/experiment/mvm/mvm.h"

namespace aimc::sim {

/// One page of 80 columns: layer, error against the exact product, clip rates, time and energy.
std::string mvm_report(const MvmResult& result);

/// The same numbers as JSON, units in the names; what is not defined is null.
std::string mvm_json(const MvmResult& result);

}  // namespace aimc::sim
