#include "sim/report/lifetime_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/units/duration.h"
#include "sim/report/labels.h"
#include "sim/report/study_labels.h"

namespace aimc::sim {
namespace {

using Json = nlohmann::ordered_json;

const char* heading(tiles::DriftCompensation compensation) {
  switch (compensation) {
    case tiles::DriftCompensation::none:
      return "not compensated";
    case tiles::DriftCompensation::per_tile:
      return "factor a tile";
    case tiles::DriftCompensation::per_column:
      return "factor a column";
  }
  return "?";
}

}  // namespace

std::string lifetime_table(const ExperimentSpec& spec, const LifetimeResult& r) {
  const MetricStyle style = style_of(r.metric);
  std::string text =
      fmt::format("{}: {} on {}, device {}, seed {}\n{}\n\n", spec.name, r.deployment, spec.hardware.name, r.device,
                  spec.seed, items_line(r.texts, r.characters, r.choices, r.seeds));
  text +=
      fmt::format("  {} in floating point {}\n\n  {:<14}", style.name, with_spread(r.reference, style), "programmed");
  for (const auto& series : r.series) text += fmt::format(" {:>20}", heading(series.compensation));
  text += "\n";
  for (std::size_t i = 0; i < r.seconds.size(); ++i) {
    text += fmt::format("  {:<14}", duration_text(r.seconds[i]) + " ago");
    for (const auto& series : r.series) text += fmt::format(" {:>20}", with_spread(series.values[i], style));
    text += "\n";
  }
  text += fmt::format("  {:<14}", "reads (MVMs)");
  for (const auto& series : r.series) text += fmt::format(" {:>20}", series.compensation_reads);
  return text + "\n" +
         "\n± is the standard deviation over seeds. Reads: what measuring the factors of all\n"
         "tiles takes once.\n";
}

std::string lifetime_json(const ExperimentSpec& spec, const LifetimeResult& r) {
  const auto spread = [](const Spread& s) { return Json{{"mean", s.mean}, {"std", s.std}, {"values", s.values}}; };
  Json series = Json::array();
  for (const auto& one : r.series) {
    Json points = Json::array();
    for (std::size_t i = 0; i < r.seconds.size(); ++i) {
      const PairedDifference& loss = one.losses[i];
      Json low, high;
      if (has_interval(loss)) low = loss.low, high = loss.high;
      points.push_back({{"seconds", r.seconds[i]},
                        {style_of(r.metric).key, spread(one.values[i])},
                        {"loss", {{"mean", loss.mean}, {"low_95", low}, {"high_95", high}, {"over", loss.over}}}});
    }
    series.push_back(
        {{"compensation", name(one.compensation)}, {"compensation_reads", one.compensation_reads}, {"points", points}});
  }
  const Json json = {{"schema_version", 1},
                     {"experiment", spec.name},
                     {"seed", spec.seed},
                     {"hardware", spec.hardware.name},
                     {"deployment", r.deployment},
                     {"device", r.device},
                     {"metric", style_of(r.metric).key},
                     {"seeds", r.seeds},
                     {"texts", r.texts},
                     {"characters", r.characters},
                     {"cloze_items", r.choices},
                     {"reference", spread(r.reference)},
                     {"series", series}};
  return json.dump(2) + "\n";
}

std::string lifetime_csv(const LifetimeResult& r) {
  std::string csv = fmt::format("seconds,compensation,seed_index,{}\n", style_of(r.metric).key);
  for (const auto& series : r.series)
    for (std::size_t i = 0; i < r.seconds.size(); ++i)
      for (std::size_t seed = 0; seed < series.values[i].values.size(); ++seed)
        csv += fmt::format("{},{},{},{:.9g}\n", r.seconds[i], name(series.compensation), seed,
                           series.values[i].values[seed]);
  return csv;
}

}  // namespace aimc::sim
