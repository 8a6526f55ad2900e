#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/ledger/energy_table.h"

namespace aimc::sim {

/// What costs energy and is no counted action: name and what it is. A table says of each where it is counted or why
/// not.
const std::vector<std::pair<std::string, std::string>>& contributions();

/// Whether a key of the table prices the contribution (programming, wake, regulator_efficiency), so that the table
/// needs no word on it.
[[nodiscard]] bool priced_by(const EnergyTable& table, const std::string& contribution);

/// Where every action without a price of its own and every contribution is: counted elsewhere, or left out and why.
struct Coverage {
  std::map<std::string, std::string> included_in, omitted;
};
[[nodiscard]] Coverage coverage_of(const EnergyTable& table);

}  // namespace aimc::sim
