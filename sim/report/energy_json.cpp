#include "sim/report/energy_json.h"

#include <nlohmann/json.hpp>

#include "sim/ledger/coverage.h"
#include "sim/report/labels.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

// Of one new token; of the run when it makes none.
double tokens_of(const CostResult& cost) {
  return static_cast<double>(std::max<std::int64_t>(1, cost.workload.new_tokens()));
}

Json band_json(const EnergyBand& band, Energy total, double tokens) {
  Json parts = Json::array();
  for (const DoubtfulPart& part : band.parts)
    if (part.up + part.down > Energy{})
      parts.push_back({{"group", part.group},
                       {"constant", part.constant},
                       {"energy_j", part.energy.si()},
                       {"down_share", part.down / total},
                       {"up_share", part.up / total}});
  return {{"per_new_token_low_j", band.low.si() / tokens},
          {"per_new_token_high_j", band.high.si() / tokens},
          {"per_new_token_correlated_low_j", band.correlated_low.si() / tokens},
          {"per_new_token_correlated_high_j", band.correlated_high.si() / tokens},
          {"total_low_j", band.low.si()},
          {"total_high_j", band.high.si()},
          {"largest_first", parts}};
}

Json policy_json(const CostResult& cost, std::size_t i) {
  const EnergyReport& e = cost.energy;
  Json parts = Json::object(), kinds = Json::object();
  for (const auto& part : e.static_parts[i]) parts[part.what] = part.energy.si();
  for (const auto& [kind, energy] : e.by_kind[i]) kinds[std::string(kind_name(kind))] = energy / e.total[i];
  const double watt = (e.total[i] / cost.timing.elapsed).si();
  return {{"total_j", e.total[i].si()},
          {"dynamic_j", e.dynamic.si()},
          {"static_j", e.static_energy[i].si()},
          {"regulator_loss_j", e.regulator_loss[i].si()},
          {"per_new_token_j", e.total[i].si() / tokens_of(cost)},
          {"uncertainty", band_json(e.band[i], e.total[i], tokens_of(cost))},
          {"average_power_w", watt},
          {"average_power_w_per_mm2", watt / (cost.area.total.si() * 1e6)},
          {"static_parts_j", parts},
          {"share_by_kind", kinds}};
}

Json prices_json(const EnergyReport& e) {
  Json prices = Json::object();
  for (const auto& [action, price] : e.prices) {
    if (price.energy <= Energy{}) continue;
    prices[std::string(name(action))] = {{"j", price.energy.si()},
                                         {"low_j", price.energy.si() * price.range.low},
                                         {"high_j", price.energy.si() * price.range.high},
                                         {"kind", kind_name(price.kind)},
                                         {"source", price.source}};
  }
  return prices;
}

Json programming_json(const CostResult& cost) {
  if (!cost.programming) return nullptr;
  const ProgrammingReport& p = *cost.programming;
  Json json = {{"arrays", p.arrays},
               {"devices", p.devices},
               {"pulses", p.pulses},
               {"time_s", p.time.si()},
               {"arrays_at_once_a_chip", p.arrays_at_once},
               {"chip_power_w", p.chip_power.si()},
               {"total_j", p.total.si()},
               {"low_j", p.low.si()},
               {"high_j", p.high.si()},
               {"pulses_j", p.pulse_energy.si()},
               {"verify_j", p.verify_energy.si()},
               {"memory_bytes", p.memory_bytes},
               {"memory_j", p.memory_energy.si()},
               {"amortised_over_tokens", p.amortised_over_tokens}};
  json["amortised_per_token_j"] =
      p.amortised_over_tokens == 0 ? Json() : Json(p.total.si() / static_cast<double>(p.amortised_over_tokens));
  return json;
}

Json adc_json(const RunResult& r) {
  Json json = {{"model", r.spec.energy.adc.model == AdcModel::survey ? "survey" : "measured"}};
  if (const auto& survey = r.cost.survey_adc)
    json["survey"] = {{"effective_bits", survey->enob},
                      {"samples_per_s", survey->samples_per_second},
                      {"conversion_j", survey->conversion.si()},
                      {"converters_of_a_tile_mm2", survey->tile_area.si() * 1e6}};
  return json;
}

}  // namespace

Json energy_json(const RunResult& r) {
  const CostResult& cost = r.cost;
  if (!cost.not_simulated.empty()) return nullptr;
  const EnergyReport& e = cost.energy;
  Json policies = Json::object(), components = Json::object(), operators = Json::object(), actions = Json::object(),
       phases = Json::object();
  for (const IdlePolicy policy : idle_policies)
    policies[std::string(name(policy))] = policy_json(cost, static_cast<std::size_t>(policy));
  for (const auto& [component, energy] : e.dynamic_by_component) components[std::string(name(component))] = energy.si();
  for (const auto& [phase, energy] : e.dynamic_by_phase) phases[std::string(name(phase))] = energy.si();
  for (const auto& [op, energy] : energy_by_operator(r)) operators[op] = energy.si();
  for (const auto& [action, energy] : e.by_action) actions[std::string(name(action))] = energy.si();
  const Coverage coverage = coverage_of(r.spec.energy);
  return {{"idle_policy", name(r.spec.hardware.idle_policy)},
          {"policies", policies},
          {"dynamic_by_phase_j", phases},
          {"dynamic_by_component_j", components},
          {"dynamic_by_operator_j", operators},
          {"dynamic_by_action_j", actions},
          {"prices", prices_json(e)},
          {"adc", adc_json(r)},
          {"programming", programming_json(cost)},
          {"included_in", coverage.included_in},
          {"omitted", coverage.omitted}};
}

}  // namespace aimc::sim
