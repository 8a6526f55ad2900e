#pragma once
#include <string>

#include "sim/program/program.h"

namespace aimc::sim {

/// The placement for a terminal of 80 columns: one row per linear class, layers merged where they look the same.
std::string placement_table(const Program& program, const std::string& deployment);

/// The same as JSON, one object per linear.
std::string placement_json(const Program& program);

}  // namespace aimc::sim
