#pragma once
#include <string>
#include <vector>

#include "sim/validate/point.h"

namespace aimc::sim {

/// What an assembly sums to.
struct Totals {
  Power power;
  Area area;
  Energy energy;
};

/// Sums an assembly over its parts, assemblies in it included; parts that are the assembly `without` are left out.
/// The name must be described (load_points checks it).
[[nodiscard]] Totals roll_up(const std::vector<Assembly>& assemblies, const std::string& name,
                             const std::string& without = "");

}  // namespace aimc::sim
