#include <cmath>
#include <numeric>

#include "base/check/check.h"
#include "sim/ledger/pricing.h"

namespace aimc::sim {
namespace {

using config::ValueKind;

/// Per action, the integer total is priced once; the splits by operator and phase add up to it but for rounding.
std::map<ValueKind, Energy> price_counts(const Counts& counts, const Program& program, const EnergyTable& table,
                                         EnergyReport& report) {
  std::map<Action, Energy> unit_price;
  std::map<ValueKind, Energy> by_kind;
  for (const Action action : all_actions()) {
    if (!has_own_price(action)) continue;
    const auto entry = table.actions.find(action);
    AIMC_CHECK(entry != table.actions.end(), "the energy table {} lacks {}", table.name, name(action));
    unit_price[action] = energy_of(entry->second, program.hardware);
    const Energy energy = static_cast<double>(counts.total(action)) * unit_price[action];
    report.by_action[action] = energy;
    report.dynamic_by_component[component_of(action)] += energy;
    report.dynamic += energy;
    if (energy > Energy{}) by_kind[kind_of(entry->second, program.hardware)] += energy;
  }
  report.dynamic_by_operator.assign(program.graph.nodes.size(), Energy{});
  for (const auto& [key, times] : counts.entries()) {
    AIMC_CHECK(key.operator_id < report.dynamic_by_operator.size(), "{} counted for operator {} of {}",
               name(key.action), key.operator_id, report.dynamic_by_operator.size());
    const Energy energy = static_cast<double>(times) * unit_price[key.action];
    report.dynamic_by_operator[key.operator_id] += energy;
    report.dynamic_by_phase[key.phase] += energy;
  }
  return by_kind;
}

void check_sum(const char* what, Energy sum, Energy total) {
  AIMC_CHECK(std::isfinite(total.si()) && std::abs(sum.si() - total.si()) <= 1e-9 * total.si(),
             "energy {} adds up to {} J, not to {} J", what, sum.si(), total.si());
}

template <class Map>
Energy sum_of(const Map& parts) {
  Energy sum;
  for (const auto& [key, energy] : parts) sum += energy;
  return sum;
}

void check_invariants(const EnergyReport& report) {
  check_sum("by action", sum_of(report.by_action), report.dynamic);
  check_sum("by component", sum_of(report.dynamic_by_component), report.dynamic);
  check_sum("by phase", sum_of(report.dynamic_by_phase), report.dynamic);
  check_sum("by operator",
            std::accumulate(report.dynamic_by_operator.begin(), report.dynamic_by_operator.end(), Energy{}),
            report.dynamic);
  for (std::size_t policy = 0; policy < report.total.size(); ++policy) {
    check_sum("dynamic + static", report.dynamic + report.static_energy[policy], report.total[policy]);
    check_sum("by kind", sum_of(report.by_kind[policy]), report.total[policy]);
  }
}

}  // namespace

EnergyReport price(const Counts& counts, const std::vector<ComponentTime>& times, Time elapsed, const Program& program,
                   const EnergyTable& table, const config::ProvenanceTable& provenance) {
  EnergyReport report;
  const std::map<ValueKind, Energy> dynamic_by_kind = price_counts(counts, program, table, report);
  for (const IdlePolicy policy : idle_policies) {
    const auto at = static_cast<std::size_t>(policy);
    report.static_parts[at] = static_energy(times, elapsed, program, policy, provenance);
    report.by_kind[at] = dynamic_by_kind;
    for (const StaticEnergy& part : report.static_parts[at]) {
      AIMC_CHECK(part.energy >= Energy{}, "{}: {} J", part.what, part.energy.si());
      report.static_energy[at] += part.energy;
      if (part.energy > Energy{}) report.by_kind[at][part.kind] += part.energy;
    }
    report.total[at] = report.dynamic + report.static_energy[at];
  }
  check_invariants(report);
  return report;
}

}  // namespace aimc::sim
