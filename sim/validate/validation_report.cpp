#include "sim/validate/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace aimc::sim {
namespace {

constexpr std::size_t width = 80;

const char* name(PointKind kind) {
  switch (kind) {
    case PointKind::calibrated:
      return "calibrated";
    case PointKind::roll_up:
      return "roll-up";
    case PointKind::independent:
      return "independent";
    case PointKind::closed_form:
      return "closed form";
  }
  return "";
}

char letter(PointKind kind) { return kind == PointKind::closed_form ? 'f' : name(kind)[0]; }

/// Text filled to the width, every line indented.
std::string filled(const std::string& text) {
  const std::string indent = "    ";
  std::string result, line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) {
      result += indent + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return result + indent + line + "\n";
}

std::string number(double value) {
  const double size = std::abs(value);
  if (size >= 1e6) return fmt::format("{:.5g}", value);
  return fmt::format("{:.{}f}", value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

std::string percent(double share) { return fmt::format("{:+.{}f}", 100 * share, std::abs(share) < 10 ? 2 : 0); }

std::string row(const std::string& configuration, const FigureResult& figure) {
  std::string what = figure.figure;
  std::ranges::replace(what, '_', ' ');
  const std::string tolerance =
      figure.relation == Relation::at_least ? ">=" : fmt::format("{:.3g} %", 100 * figure.tolerance);
  return fmt::format("{:<20} {:<17} {:>9} {:>9} {:>7} % {:>6} {}{}\n", configuration.substr(0, 20), what,
                     number(figure.expected), number(figure.simulated), percent(figure.deviation), tolerance,
                     letter(figure.kind), figure.passed ? "" : " X");
}

std::string point_table(const PointResult& result) {
  const std::string head = fmt::format("{} {}", result.point.id, result.point.title);
  const std::string kind = name(result.point.kind);
  std::string text = fmt::format("{:<{}}{}\n", head, width - kind.size(), kind) + filled(result.point.source);
  for (const CaseResult& one : result.cases) {
    bool first = true;
    for (const FigureResult& figure : one.figures) {
      text += row(first ? one.name : "", figure);
      first = false;
    }
  }
  return text + "\n";
}

std::string summary(const std::vector<PointResult>& points) {
  std::size_t figures = 0, failed = 0, bounds = 0, independent = 0;
  double sum = 0, largest = 0;
  for (const PointResult& point : points) {
    for (const CaseResult& one : point.cases) {
      for (const FigureResult& figure : one.figures) {
        ++figures;
        failed += figure.passed ? 0 : 1;
        bounds += figure.relation == Relation::within ? 0 : 1;
        if (figure.kind != PointKind::independent) continue;
        ++independent;
        sum += std::abs(figure.deviation);
        largest = std::max(largest, std::abs(figure.deviation));
      }
    }
  }
  std::string text =
      "kinds: i independent (predicted), c calibrated (reproduces its own input),\n"
      "       r roll-up (sums of published parts), f closed form (our own arithmetic)\n";
  text += failed == 0 ? fmt::format("all {} figures are within their tolerance", figures)
                      : fmt::format("{} of {} figures are outside their tolerance (X)", failed, figures);
  if (bounds > 0) text += fmt::format(" ({} are only bounds)", bounds);
  if (independent > 0)
    text += fmt::format(";\n{} independent ones deviate by {:.1f} % on average, {:.1f} % at most", independent,
                        100 * sum / static_cast<double>(independent), 100 * largest);
  return text + "\n";
}

}  // namespace

std::string validation_table(const std::vector<PointResult>& points) {
  std::string text = fmt::format("{:<20} {:<17} {:>9} {:>9} {:>9} {:>6} kind\n\n", "configuration", "figure",
                                 "expected", "simulated", "deviation", "within");
  for (const PointResult& point : points) text += point_table(point);
  return text + summary(points);
}

std::string validation_json(const std::vector<PointResult>& points) {
  nlohmann::ordered_json document;
  document["schema"] = "aimcsim-validation-1";
  document["passed"] = std::ranges::all_of(points, &PointResult::passed);
  document["points"] = nlohmann::ordered_json::array();
  for (const PointResult& result : points) {
    nlohmann::ordered_json point = {{"id", result.point.id},           {"title", result.point.title},
                                    {"kind", name(result.point.kind)}, {"source", result.point.source},
                                    {"reading", result.point.reading}, {"passed", result.passed()}};
    for (const CaseResult& one : result.cases) {
      for (const FigureResult& figure : one.figures) {
        point["figures"].push_back({{"configuration", one.name},
                                    {"figure", figure.figure},
                                    {"expected", figure.expected},
                                    {"simulated", figure.simulated},
                                    {"deviation", figure.deviation},
                                    {"tolerance", figure.tolerance},
                                    {"relation", figure.relation == Relation::at_least ? "at_least" : "within"},
                                    {"kind", name(figure.kind)},
                                    {"passed", figure.passed}});
      }
    }
    document["points"].push_back(std::move(point));
  }
  return document.dump(2) + "\n";
}

std::string validation_list(const std::vector<ValidationFile>& files) {
  std::string text;
  for (const ValidationFile& file : files) {
    for (const ValidationPoint& point : file.points) {
      text += fmt::format("{:<12} {:<12} {}\n", point.id, name(point.kind), point.title) + filled(point.source);
    }
  }
  return text;
}

}  // namespace aimc::sim
