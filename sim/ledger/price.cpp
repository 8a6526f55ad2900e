#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/check/check.h"
#include "sim/ledger/kind_of_constant.h"
#include "sim/ledger/pricing.h"

namespace aimc::sim {
namespace {

using Prices = std::map<Action, UnitPrice>;

Prices prices_of(const EnergyTable& table, const HardwareSpec& hardware) {
  Prices prices;
  for (const Action action : all_actions())
    if (has_own_price(action)) prices[action] = unit_price(action, table, hardware);
  return prices;
}

/// Per action, the integer total is priced once; the splits by operator and phase add up to it but for rounding.
void price_counts(const Counts& counts, const Program& program, const Prices& prices, EnergyReport& report) {
  for (const auto& [action, price] : prices) {
    const Energy energy = static_cast<double>(counts.total(action)) * price.energy;
    report.by_action[action] = energy;
    report.dynamic_by_component[component_of(action)] += energy;
    report.dynamic += energy;
  }
  report.dynamic_by_operator.assign(program.graph.nodes.size(), Energy{});
  for (const auto& [key, times] : counts.entries()) {
    AIMC_CHECK(key.operator_id < report.dynamic_by_operator.size(), "{} counted for operator {} of {}",
               name(key.action), key.operator_id, report.dynamic_by_operator.size());
    const auto price = prices.find(key.action);
    if (price == prices.end()) continue;  // a retry
    const Energy energy = static_cast<double>(times) * price->second.energy;
    report.dynamic_by_operator[key.operator_id] += energy;
    report.dynamic_by_phase[key.phase] += energy;
  }
}

/// What the dynamic energy rests on, constant by constant.
std::vector<Contribution> dynamic_contributions(const EnergyReport& report, const Prices& prices) {
  std::vector<Contribution> contributions;
  for (const auto& [action, price] : prices) {
    const std::string component(name(component_of(action)));
    contributions.push_back({component, fmt::format("hardware.energy.actions.{}.{}", component, name(action)),
                             report.by_action.at(action), price.range});
  }
  return contributions;
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
    check_sum("dynamic + static + losses",
              report.dynamic + report.static_energy[policy] + report.regulator_loss[policy], report.total[policy]);
    check_sum("by kind", sum_of(report.by_kind[policy]), report.total[policy]);
  }
}

/// What the supplies lose on the way: all energy over their efficiency. Doubts behind them grow with them.
void add_regulator_loss(const EnergyTable& table, const config::ProvenanceTable& provenance, std::size_t policy,
                        std::vector<Contribution>& contributions, EnergyReport& report) {
  if (table.regulator_efficiency >= 1) return;
  const char* const key = "hardware.energy.regulator_efficiency";
  const double share = 1 / table.regulator_efficiency - 1;
  const Energy loss = (report.dynamic + report.static_energy[policy]) * share;
  report.regulator_loss[policy] = loss;
  if (loss > Energy{}) report.by_kind[policy][kind_of_constant(provenance, key)] += loss;
  for (Contribution& each : contributions)
    each.range = {1 - (1 - each.range.low) * (1 + share), 1 + (each.range.high - 1) * (1 + share)};
  // The efficiency is what is doubted; the loss, 1 / efficiency - 1, moves far more than it does.
  const auto doubt = uncertainty_of(table.uncertainty, provenance, key);
  const auto loss_at = [&](double efficiency) { return (1 / std::min(1.0, efficiency) - 1) / share; };
  contributions.push_back(
      {"regulator loss",
       key,
       loss,
       {loss_at(table.regulator_efficiency * doubt.high), loss_at(table.regulator_efficiency * doubt.low)}});
}

}  // namespace

EnergyReport price(const Counts& counts, const std::vector<ComponentTime>& times, Time elapsed, const Program& program,
                   const EnergyTable& table, const config::ProvenanceTable& provenance) {
  EnergyReport report;
  const Prices& prices = report.prices = prices_of(table, program.hardware);
  price_counts(counts, program, prices, report);
  const std::vector<Contribution> dynamic = dynamic_contributions(report, prices);
  for (const IdlePolicy policy : idle_policies) {
    const auto at = static_cast<std::size_t>(policy);
    std::vector<Contribution> contributions = dynamic;
    auto& by_kind = report.by_kind[at];
    for (const auto& [action, energy] : report.by_action)
      if (energy > Energy{}) by_kind[prices.at(action).kind] += energy;
    report.static_parts[at] = static_energy(times, elapsed, program, policy, table, provenance);
    for (const StaticEnergy& part : report.static_parts[at]) {
      AIMC_CHECK(part.energy >= Energy{}, "{}: {} J", part.what, part.energy.si());
      report.static_energy[at] += part.energy;
      if (part.energy > Energy{}) by_kind[part.kind] += part.energy;
      contributions.push_back(
          {part.group, part.constant, part.energy, uncertainty_of(table.uncertainty, provenance, part.constant)});
    }
    add_regulator_loss(table, provenance, at, contributions, report);
    report.total[at] = report.dynamic + report.static_energy[at] + report.regulator_loss[at];
    report.band[at] = energy_band(contributions);
  }
  check_invariants(report);
  return report;
}

}  // namespace aimc::sim
