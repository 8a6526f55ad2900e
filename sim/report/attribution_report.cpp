#include "sim/report/attribution_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/labels.h"
#include "sim/report/study_labels.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

std::string bar(double part, double whole) {
  constexpr double columns = 16;
  if (!(part > 0) || !(whole > 0)) return "";
  return std::string(static_cast<std::size_t>(std::min(columns, std::round(columns * part / whole))), '#');
}

Json difference_json(const PairedDifference& d) {
  Json low, high;  // one pair alone has no interval
  if (has_interval(d)) low = d.low, high = d.high;
  return {{"mean", d.mean}, {"low_95", low}, {"high_95", high}, {"over", d.over}};
}

Json spread_json(const Spread& spread) {
  return {{"mean", spread.mean}, {"std", spread.std}, {"values", spread.values}};
}

}  // namespace

std::string attribution_table(const ExperimentSpec& spec, const AttributionResult& r) {
  const MetricStyle style = style_of(r.metric);
  const auto plain = [&](double value) { return fmt::format("{:+.{}f}", value * style.scale, style.digits); };
  std::string text = fmt::format("{}: {} on {}, seed {}\n{}\n\n", spec.name, r.deployment, spec.hardware.name,
                                 spec.seed, items_line(r.texts, r.characters, r.choices, r.seeds));
  const auto level = [&](const char* what, const Spread& value, const std::string& note) {
    return fmt::format("  {:<22} {:>17}  {}\n", what, with_spread(value, style), note);
  };
  text += fmt::format("  {:<22} {:>17}\n", "", style.name);
  text += level("floating point", r.reference, "");
  text += level("no effect acts", r.without_effects, with_interval(r.rest, style) + " (KV cache, grid)");
  text += level("all effects act", r.with_effects, with_interval(r.together, style) + " more");
  text += fmt::format("\n  {:<20} {:>18} {:>18}\n  {:<20} {:>18} {:>18}\n", "loss by effect", "alone, 95 %",
                      "saved without it,", "", "", "95 %");
  for (const auto& cost : r.effects)
    text += fmt::format("  {:<20} {:>18} {:>18}  {}\n", name(cost.effect), with_interval(cost.alone, style),
                        with_interval(cost.saving, style), bar(cost.saving.mean, r.together.mean));
  text += fmt::format("  {:<20} {:>10} {:>18}\n", "sum of the parts", plain(r.sum_alone), plain(r.sum_saving));
  text += fmt::format("  {:<20} {:>10}          interaction {}\n\n", "all together", plain(r.together.mean),
                      plain(r.interaction()));
  return text + wrapped(advice(r));
}

std::string attribution_json(const ExperimentSpec& spec, const AttributionResult& r) {
  Json effects = Json::array();
  for (const auto& cost : r.effects)
    effects.push_back({{"effect", name(cost.effect)},
                       {"alone", difference_json(cost.alone)},
                       {"saving", difference_json(cost.saving)}});
  const Json json = {{"schema_version", 1},
                     {"experiment", spec.name},
                     {"seed", spec.seed},
                     {"hardware", spec.hardware.name},
                     {"deployment", r.deployment},
                     {"metric", style_of(r.metric).key},
                     {"seeds", r.seeds},
                     {"texts", r.texts},
                     {"characters", r.characters},
                     {"cloze_items", r.choices},
                     {"reference", spread_json(r.reference)},
                     {"without_effects", spread_json(r.without_effects)},
                     {"with_effects", spread_json(r.with_effects)},
                     {"loss_without_effects", difference_json(r.rest)},
                     {"loss_together", difference_json(r.together)},
                     {"effects", effects},
                     {"sum_alone", r.sum_alone},
                     {"sum_saving", r.sum_saving},
                     {"interaction", r.interaction()},
                     {"advice", advice(r)}};
  return json.dump(2) + "\n";
}

std::string attribution_csv(const AttributionResult& r) {
  const auto cells = [](const PairedDifference& d) {
    if (!has_interval(d)) return fmt::format("{:.9g},,", d.mean);
    return fmt::format("{:.9g},{:.9g},{:.9g}", d.mean, d.low, d.high);
  };
  std::string csv = "effect,alone,alone_low_95,alone_high_95,saving,saving_low_95,saving_high_95,over\n";
  for (const auto& cost : r.effects)
    csv += fmt::format("{},{},{},{}\n", name(cost.effect), cells(cost.alone), cells(cost.saving), cost.saving.over);
  return csv;
}

}  // namespace aimc::sim
