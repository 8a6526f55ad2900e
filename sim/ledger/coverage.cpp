#include "sim/ledger/coverage.h"

namespace aimc::sim {
namespace {

bool wakes_cost(const WakeEnergy& wake) {
  return wake.crossbar_tile > Energy{} || wake.digital_unit > Energy{} || wake.attention_unit > Energy{};
}

/// The place in the report where a contribution stands that a key of the table prices; "" when none does.
std::string place_of(const EnergyTable& table, const std::string& contribution) {
  if (contribution == "regulator_loss" && table.regulator_efficiency < 1)
    return "energy.policies.*.regulator_loss_j, by energy.regulator_efficiency";
  if (contribution == "programming" && table.programming) return "energy.programming, once a model";
  if (contribution == "wake_up" && wakes_cost(table.wake))
    return "static parts '... wake-up' of power_gated, by energy.wake";
  return "";
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& contributions() {
  static const std::vector<std::pair<std::string, std::string>> all = {
      {"regulator_loss", "losses of voltage regulators"},
      {"dram_refresh", "refresh of the memory"},
      {"phy_idle", "idle links"},
      {"programming", "writing the weights"},
      {"retries", "MVMs repeated for their range"},
      {"drift_compensation", "reads that measure drift"},
      {"wake_up", "recharging the supply of a power-gated unit"},
      {"host", "the host processor and its link"}};
  return all;
}

bool priced_by(const EnergyTable& table, const std::string& contribution) {
  return !place_of(table, contribution).empty();
}

Coverage coverage_of(const EnergyTable& table) {
  Coverage coverage{table.included_in, table.omitted};
  for (const auto& [what, sentence] : contributions())
    if (const std::string place = place_of(table, what); !place.empty()) {
      coverage.included_in[what] = place;
      coverage.omitted.erase(what);
    }
  for (const auto& [action, entry] : table.actions) {
    if (!entry.omitted.empty()) coverage.omitted[std::string(name(action))] = entry.omitted;
    if (!entry.included_in.empty()) coverage.included_in[std::string(name(action))] = entry.included_in;
  }
  return coverage;
}

}  // namespace aimc::sim
