#include "sim/report/terminal_table.h"

#include <fmt/format.h>

#include "base/units/format.h"
#include "sim/report/energy_report.h"
#include "sim/report/labels.h"
#include "sim/report/latency_report.h"
#include "sim/report/study_labels.h"

namespace aimc::sim {
namespace {

std::string heading(const std::string& title, const std::string& what) {
  return fmt::format("\n{:<10}{}\n", title, what);
}

std::string plus_minus(const Spread& s, std::int64_t seeds, int digits, double scale = 1) {
  if (seeds <= 1) return fmt::format("{:.{}f}", s.mean * scale, digits);
  return fmt::format("{:.{}f} ± {:.{}f}", s.mean * scale, digits, s.std * scale, digits);
}

std::string accuracy_row(const RunResult& r, const DeploymentAccuracy& d) {
  const auto& diff = d.bits_per_character_difference;
  const bool texts = r.accuracy.texts > 0, reference = &d == &r.accuracy.deployments.front();
  const std::string difference = reference ? "reference"
                                 : !texts  ? "-"
                                 : has_interval(diff)
                                     ? fmt::format("{:+.4f} ± {:.4f}", diff.mean, diff.high - diff.mean)
                                     : fmt::format("{:+.4f} ± n/a", diff.mean);
  constexpr std::size_t name_width = 20;  // a longer name takes a line of its own
  const bool fits = d.name.size() <= name_width;
  return (fits ? "" : fmt::format("  {}\n", d.name)) +
         fmt::format("  {:<20} {:>15} {:>10} {:>10} {:>16}\n", fits ? d.name : "",
                     texts ? plus_minus(d.bits_per_character, d.seeds, 4) : "-",
                     texts ? fmt::format("{:.3f}", d.pooled_perplexity) : "-",
                     r.accuracy.choices > 0 ? plus_minus(d.choice_accuracy, d.seeds, 1, 100) : "-", difference);
}

std::string accuracy_part(const RunResult& r) {
  const AccuracyResult& a = r.accuracy;
  if (!a.not_measured.empty()) return "\n" + wrapped("Accuracy: not measured: " + a.not_measured);
  std::string items = fmt::format("{} text{}, {} characters", a.texts, a.texts == 1 ? "" : "s", a.characters);
  if (a.choices > 0)
    items += fmt::format("; {} cloze item{} (chance {:.0f} %)", a.choices, a.choices == 1 ? "" : "s", 100 * a.chance);
  std::int64_t seeds = 1;
  for (const auto& d : a.deployments) seeds = std::max(seeds, d.seeds);
  std::string text = heading("Accuracy", fmt::format("{}; {} seed{}", items, seeds, seeds == 1 ? "" : "s"));
  text += fmt::format("  {:<20} {:>15} {:>10} {:>10} {:>16}\n", "", "bits/character", "perplexity", "cloze %",
                      "difference, 95 %");
  for (const auto& d : a.deployments) text += accuracy_row(r, d);
  return text;
}

// The three linears whose own errors move the next token most.
std::string layers_part(const RunResult& r) {
  if (!r.layers.not_measured.empty()) return "";
  auto linears = r.layers.linears;
  std::stable_sort(linears.begin(), linears.end(),
                   [](const auto& a, const auto& b) { return a.quality.kl_nats > b.quality.kl_nats; });
  linears.resize(std::min<std::size_t>(3, linears.size()));
  std::string text = "  worst linears, KL   ";
  for (std::size_t i = 0; i < linears.size(); ++i)
    text += fmt::format("{}{} {:.2g}", i == 0 ? "" : ", ", short_linear_name(linears[i].linear),
                        linears[i].quality.kl_nats);
  return text + " nats\n";
}

std::string area_part(const RunResult& r) {
  const CostResult& c = r.cost;
  const MappingSummary& m = c.mapping;
  std::string text = heading("Area", fmt::format("{} in {} chip{} of {}", format_quantity(c.area.total), m.chips,
                                                 m.chips == 1 ? "" : "s", format_quantity(c.area.per_chip)));
  if (m.tiles_there == 0) return text;  // all-digital hardware
  text += fmt::format("  tiles used {} of {}, cells used {:.1f} % of theirs, busy {} of the time\n", m.tiles_used,
                      m.tiles_there, 100 * m.weights_per_cell, percent(c.tile_utilisation));
  text += fmt::format("  {:.2f} ADC conversions an output; {} linears split over row tiles\n", m.conversions_per_output,
                      m.split_linears);
  if (const auto& table = r.program.embedding)
    text += fmt::format("  the embedding table in {} of the arrays; a token reads one row\n",
                        table->shard_count * table->replicas);
  return text;
}

std::string checks_part(const RunResult& r) {
  if (!r.counts.not_compared.empty()) return "\n" + wrapped("Checks: counts not compared: " + r.counts.not_compared);
  return heading("Checks", fmt::format("both executors agree on {} counts; parts sum to totals", r.counts.keys));
}

}  // namespace

std::string cost_report(const RunResult& r) {
  if (!r.cost.not_simulated.empty()) return heading("Cost", "not simulated: " + r.cost.not_simulated);
  return latency_report(r) + energy_report(r) + area_part(r);
}

std::string terminal_report(const RunResult& r) {
  std::string text = fmt::format("{}: {} ({:.4g} M parameters) on {}, seed {}\n", r.spec.name, r.model.name,
                                 static_cast<double>(r.parameters) * 1e-6, r.spec.hardware.name, r.spec.seed);
  text += accuracy_part(r) + layers_part(r);
  text += cost_report(r);
  if (r.cost.not_simulated.empty()) text += checks_part(r);
  return text;
}

}  // namespace aimc::sim
