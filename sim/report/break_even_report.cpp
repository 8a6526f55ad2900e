#include "sim/report/break_even_report.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/units/format.h"
#include "sim/report/item_lines.h"
#include "sim/report/study_labels.h"

namespace aimc::sim {
namespace {

struct MetricName {
  const char* title;
  const char* key;
  const char* in_words;
};

MetricName name_of(BreakEvenMetric metric) {
  switch (metric) {
    case BreakEvenMetric::tokens_per_s:
      return {"Tokens per second, all sequences together", "tokens_per_s", "tokens/s"};
    case BreakEvenMetric::j_per_token:
      return {"Energy per token, idle power included", "j_per_token", "J/token"};
    case BreakEvenMetric::tokens_per_s_per_mm2:
      break;
  }
  return {"Tokens per second and mm2 of chips, memory not in it", "tokens_per_s_per_mm2", "tokens/s/mm2"};
}

std::string value_text(const BreakEvenPoint& point, BreakEvenMetric metric) {
  if (!point.problem.empty()) return "does not fit";
  if (metric == BreakEvenMetric::j_per_token) return format_quantity(Energy(point.j_per_token));
  if (metric == BreakEvenMetric::tokens_per_s_per_mm2 && point.mm2 <= 0) return "no area";
  return fmt::format("{:.4g}", value_of(point, metric));
}

// Cut to a column of the table; file names end in what tells them apart.
std::string column_name(const std::string& system, std::size_t width) {
  return system.size() <= width ? system : ".." + system.substr(system.size() - width + 2);
}

class Table {
 public:
  explicit Table(const BreakEvenResult& result) : result_(result) {
    width_ = std::min<std::size_t>(18, (78 - 16) / result.systems.size());
    rows_ = result.points.size() / result.systems.size();
  }

  [[nodiscard]] std::string of(BreakEvenMetric metric) const {
    std::string text = fmt::format("\n{}\n  {:>7} {:>6}", name_of(metric).title, "context", "batch");
    for (const auto& system : result_.systems)
      text += fmt::format(" {:>{}}", column_name(system, width_ - 1), width_ - 1);
    text += "\n";
    for (std::size_t row = 0; row < rows_; ++row) {
      text += fmt::format("  {:>7} {:>6}", result_.points[row].context, result_.points[row].batch);
      for (std::size_t system = 0; system < result_.systems.size(); ++system)
        text += fmt::format(" {:>{}}", value_text(result_.points[system * rows_ + row], metric), width_ - 1);
      text += "\n";
    }
    return text;
  }

 private:
  const BreakEvenResult& result_;
  std::size_t width_ = 0, rows_ = 0;
};

std::string crossing_text(const Crossing& crossing) {
  if (crossing.batch.has_value())
    return fmt::format("{} {} at batch {:.1f}", crossing.context,
                       crossing.ahead_at_first ? "falls behind" : "overtakes", *crossing.batch);
  return fmt::format("{} {}", crossing.context, crossing.ahead_at_first ? "ahead" : "behind");
}

// Crossings come metric by metric, system by system, context by context.
std::string crossings_part(const BreakEvenResult& result) {
  std::string text = fmt::format("\nAgainst {}, context by context\n", result.hardware);
  for (const BreakEvenMetric metric : break_even_metrics)
    for (const std::string& system : result.systems) {
      std::vector<std::string> items;
      for (const auto& crossing : result.crossings)
        if (crossing.metric == metric && crossing.against == system) items.push_back(crossing_text(crossing));
      if (items.empty()) continue;
      text += item_lines(fmt::format("  {:<13} {:<16}", name_of(metric).in_words, column_name(system, 16)), 33, items);
    }
  return text;
}

std::string problems_part(const BreakEvenResult& result) {
  std::string text;
  for (const auto& point : result.points)
    if (!point.problem.empty())
      text +=
          wrapped(fmt::format("{}, batch {}, context {}: {}", point.system, point.batch, point.context, point.problem));
  return text.empty() ? text : "\nWhat does not fit\n" + text;
}

}  // namespace

std::string break_even_table(const ExperimentSpec& spec, const BreakEvenResult& result) {
  std::string text = wrapped(fmt::format(
      "{}: steady decode on {} and on {} other system{}, {} tokens of each sequence, the first not measured", spec.name,
      result.hardware, result.systems.size() - 1, result.systems.size() == 2 ? "" : "s", spec.break_even.tokens));
  const Table table(result);
  for (const BreakEvenMetric metric : break_even_metrics) text += table.of(metric);
  return text + crossings_part(result) + problems_part(result);
}

std::string break_even_json(const ExperimentSpec& spec, const BreakEvenResult& result) {
  nlohmann::ordered_json points = nlohmann::ordered_json::array(), crossings = points;
  for (const auto& point : result.points) {
    if (point.problem.empty()) {
      points.push_back(nlohmann::ordered_json::parse(to_json(point)));
    } else {
      points.push_back(
          {{"system", point.system}, {"batch", point.batch}, {"context", point.context}, {"problem", point.problem}});
    }
  }
  for (const auto& c : result.crossings)
    crossings.push_back({{"metric", name_of(c.metric).key},
                         {"against", c.against},
                         {"context", c.context},
                         {"ahead_at_smallest_batch", c.ahead_at_first},
                         {"changes_at_batch", c.batch ? nlohmann::ordered_json(*c.batch) : nlohmann::ordered_json()}});
  const nlohmann::ordered_json json = {
      {"schema_version", 1},       {"experiment", spec.name}, {"hardware", result.hardware},
      {"systems", result.systems}, {"points", points},        {"crossings", crossings}};
  return json.dump(2) + "\n";
}

std::string break_even_csv(const BreakEvenResult& result) {
  std::string csv =
      "system,batch,context,tokens_per_s,time_per_output_token_s,j_per_token,static_share,mm2,tokens_per_s_per_mm2\n";
  for (const auto& p : result.points) {
    csv += fmt::format("{},{},{}", p.system, p.batch, p.context);
    csv += p.problem.empty()
               ? fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g}\n", p.tokens_per_s, p.time_per_output_token_s,
                             p.j_per_token, p.static_share, p.mm2, p.tokens_per_s_per_mm2())
               : ",,,,,,\n";
  }
  return csv;
}

}  // namespace aimc::sim
