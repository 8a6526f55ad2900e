#include "sim/report/energy_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units/format.h"
#include "sim/report/item_lines.h"
#include "sim/report/labels.h"

namespace aimc::sim {
namespace {

std::string policies_table(const RunResult& r) {
  const EnergyReport& e = r.cost.energy;
  const auto tokens = static_cast<double>(r.cost.workload.new_tokens());
  std::string text = fmt::format("  {:<16}{:>14}{:>14}{:>14}{:>18}\n", "idle policy", "dynamic", "+ static", "= total",
                                 "per new token");
  for (const IdlePolicy policy : idle_policies) {
    const auto i = static_cast<std::size_t>(policy);
    std::string label(name(policy));
    std::replace(label.begin(), label.end(), '_', ' ');
    if (policy == r.spec.hardware.idle_policy) label += " (*)";
    text += fmt::format("  {:<16}{:>14}{:>14}{:>14}{:>18}\n", label, format_quantity(e.dynamic),
                        format_quantity(e.static_energy[i]), format_quantity(e.total[i]),
                        format_quantity(e.total[i] / tokens));
  }
  return text;
}

std::string shares_line(const std::string& title, const std::vector<std::pair<std::string, Energy>>& parts,
                        Energy whole) {
  std::vector<std::string> items;
  for (const auto& [what, energy] : parts)
    if (whole.si() != 0 && energy / whole >= 0.0005)
      items.push_back(fmt::format("{} {:.1f} %", what, 100 * (energy / whole)));
  return item_lines("  " + title, 22, items);
}

std::vector<std::pair<std::string, Energy>> by_component(const EnergyReport& e) {
  std::vector<std::pair<std::string, Energy>> parts;
  for (const auto& [component, energy] : e.dynamic_by_component) parts.emplace_back(name(component), energy);
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return parts;
}

std::vector<std::pair<std::string, Energy>> static_parts(const RunResult& r) {
  std::vector<std::pair<std::string, Energy>> parts;
  for (const auto& part : r.cost.energy.static_parts[static_cast<std::size_t>(r.spec.hardware.idle_policy)])
    parts.emplace_back(part.what, part.energy);
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return parts;
}

// "(12.1 .. 31.4)": bounds in the unit that `value` is printed in.
std::string band_text(Energy value, Energy low, Energy high) {
  const double shown = std::stod(format_quantity(value));
  const double unit = shown == 0 ? 1 : std::pow(10.0, std::round(std::log10(value.si() / shown)));
  return fmt::format("({:.3g} .. {:.3g})", low.si() / unit, high.si() / unit);
}

// "hardware.tile.idle.clock_gated" without what every key begins with.
std::string short_key(std::string key) {
  for (const std::string prefix : {"hardware.", "energy.actions.", "energy."})
    if (key.starts_with(prefix)) key.erase(0, prefix.size());
  return key;
}

std::string band_lines(const RunResult& r) {
  const EnergyBand& band = r.cost.energy.band[static_cast<std::size_t>(r.spec.hardware.idle_policy)];
  const Energy total = r.cost.energy.total[static_cast<std::size_t>(r.spec.hardware.idle_policy)];
  const std::int64_t new_tokens = r.cost.workload.new_tokens();
  const double tokens = static_cast<double>(std::max<std::int64_t>(1, new_tokens));
  const Energy each = total / tokens;
  std::string text =
      fmt::format("  {:<20}{}/{} {}\n  {:<20}{} if all constants err alike\n", "uncertainty (*)", format_quantity(each),
                  new_tokens > 0 ? "token" : "run", band_text(each, band.low / tokens, band.high / tokens), "",
                  band_text(each, band.correlated_low / tokens, band.correlated_high / tokens));
  for (std::size_t i = 0; i < std::min<std::size_t>(3, band.parts.size()); ++i) {
    const DoubtfulPart& part = band.parts[i];
    if (part.up + part.down <= Energy{}) break;
    text += fmt::format("  {:<20}{} -{:.0f} % +{:.0f} %{}\n", i == 0 ? "  most doubtful" : "", short_key(part.constant),
                        100 * (part.down / total), 100 * (part.up / total), i == 0 ? " of the total" : "");
  }
  return text;
}

std::string programming_lines(const RunResult& r) {
  if (!r.cost.programming || r.cost.programming->arrays == 0) return "";
  const ProgrammingReport& p = *r.cost.programming;
  std::string text = fmt::format("  {:<20}{} {} in {}, once a model\n", "writing the weights", format_quantity(p.total),
                                 band_text(p.total, p.low, p.high), format_quantity(p.time));
  text += fmt::format("  {:<20}{:.4g} M devices, {} arrays at a time a chip", "", static_cast<double>(p.devices) * 1e-6,
                      p.arrays_at_once);
  if (p.amortised_over_tokens > 0)
    text +=
        fmt::format("\n  {:<20}{}/token over {} tokens", "",
                    format_quantity(p.total / static_cast<double>(p.amortised_over_tokens)), p.amortised_over_tokens);
  text += "\n";
  return text;
}

std::string model_lines(const RunResult& r) {
  std::string text;
  if (const NodeScaling& scaling = r.spec.energy.node_scaling; scaling.to)
    text +=
        fmt::format("  {:<20}digital energies from {} to {} (assumed)\n", "node scaling", scaling.from, *scaling.to);
  if (r.spec.energy.adc.model == AdcModel::survey && r.cost.survey_adc)
    text += fmt::format("  {:<20}survey fit: {} a conversion at {:.4g} MS/s, {:.3g} bits\n", "ADC model",
                        format_quantity(r.cost.survey_adc->conversion), r.cost.survey_adc->samples_per_second * 1e-6,
                        r.cost.survey_adc->enob);
  return text;
}

}  // namespace

std::string energy_report(const RunResult& r) {
  const EnergyReport& e = r.cost.energy;
  const auto policy = static_cast<std::size_t>(r.spec.hardware.idle_policy);
  std::string text = fmt::format("\n{:<10}{}\n", "Energy", "whole workload; (*) is the hardware's own idle policy");
  text += policies_table(r);
  text += fmt::format("  only (*) has its wake-up latency in this timeline; average power (*) {}\n",
                      format_quantity(e.total[policy] / r.cost.timing.elapsed));
  if (e.regulator_loss[policy] > Energy{})
    text += fmt::format("  the totals contain losses of the supplies: {} of (*)\n",
                        format_quantity(e.regulator_loss[policy]));
  text += band_lines(r) + model_lines(r);
  std::vector<std::pair<std::string, Energy>> phases;
  for (const auto& [phase, energy] : e.dynamic_by_phase) phases.emplace_back(name(phase), energy);
  text += shares_line("dynamic by phase", phases, e.dynamic);
  text += shares_line("  by part", by_component(e), e.dynamic);
  text += shares_line("  by operator", energy_by_operator(r), e.dynamic);
  text += shares_line("static (*) by part", static_parts(r), e.static_energy[policy]);
  std::vector<std::pair<std::string, Energy>> kinds;
  for (const auto& [kind, energy] : e.by_kind[policy]) kinds.emplace_back(kind_name(kind), energy);
  text += shares_line("total (*) rests on", kinds, e.total[policy]);
  return text + programming_lines(r);
}

}  // namespace aimc::sim
