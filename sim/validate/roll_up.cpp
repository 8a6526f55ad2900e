#include "sim/validate/roll_up.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {

Totals roll_up(const std::vector<Assembly>& assemblies, const std::string& name, const std::string& without) {
  const auto found = std::ranges::find(assemblies, name, &Assembly::name);
  AIMC_CHECK(found != assemblies.end(), "no assembly {}", name);
  Totals sum;
  for (const AssemblyPart& part : found->parts) {
    if (!without.empty() && part.assembly == without) continue;
    const Totals one =
        part.assembly.empty() ? Totals{part.power, part.area, part.energy} : roll_up(assemblies, part.assembly);
    sum.power += part.count * one.power;
    sum.area += part.count * one.area;
    sum.energy += part.count * one.energy;
  }
  return sum;
}

}  // namespace aimc::sim
