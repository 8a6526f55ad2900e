#include "sim/validate/run_points.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check/check.h"
#include "base/json/json.h"
#include "base/process/run_children.h"

namespace aimc::sim {
namespace {

FigureResult compare_figure(const ValidationPoint& point, const Expectation& expected, const Figure& figure) {
  FigureResult result;
  result.figure = expected.figure;
  result.simulated = figure.simulated;
  AIMC_CHECK(expected.value || figure.expected, "{} has no expected value", expected.figure);
  result.expected = expected.value ? *expected.value : *figure.expected;
  result.deviation = result.simulated / result.expected - 1;
  result.tolerance = expected.tolerance;
  result.relation = expected.relation;
  result.kind = expected.kind.value_or(point.kind);
  const bool not_below = result.deviation >= -expected.tolerance;
  const bool not_above = expected.relation == Relation::at_least || result.deviation <= expected.tolerance;
  result.passed = not_below && not_above;  // false for a deviation that is no number
  return result;
}

[[noreturn]] void rethrow(const ChildResult& child) {
  std::string text = child.error;
  constexpr std::string_view program = "aimcsim: ";
  if (text.starts_with(program)) text.erase(0, program.size());
  while (text.ends_with('\n')) text.pop_back();
  switch (child.exit_code) {
    case 2:
      throw ConfigError(text);
    case 3:
      throw InputError(text);
    case 130:
      throw Interrupted();
    default:
      throw InternalError(fmt::format("a measurement ended with code {}: {}", child.exit_code, text));
  }
}

Figures figures_of(const std::string& text) {
  const nlohmann::json document = parse_json(text, "a measurement");
  Figures figures;
  for (const auto& [name, figure] : document.items()) {
    figures[name].simulated = figure.at("simulated").get<double>();
    if (figure.contains("expected")) figures[name].expected = figure.at("expected").get<double>();
  }
  return figures;
}

std::vector<const ValidationPoint*> chosen_points(const std::vector<ValidationFile>& files,
                                                  const std::vector<std::string>& ids) {
  std::vector<const ValidationPoint*> all, chosen;
  std::vector<std::string> known;
  for (const ValidationFile& file : files) {
    for (const ValidationPoint& point : file.points) {
      all.push_back(&point);
      known.push_back(point.id);
    }
  }
  for (const std::string& id : ids)
    if (std::ranges::find(known, id) == known.end())
      throw ConfigError(fmt::format("--point: there is no point '{}'; there are {}", id, fmt::join(known, ", ")));
  for (const ValidationPoint* point : all)
    if (ids.empty() || std::ranges::find(ids, point->id) != ids.end()) chosen.push_back(point);
  return chosen;
}

}  // namespace

bool PointResult::passed() const {
  return std::ranges::all_of(
      cases, [](const CaseResult& one) { return std::ranges::all_of(one.figures, &FigureResult::passed); });
}

CaseResult compare(const ValidationPoint& point, const ValidationCase& one, const Figures& measured) {
  CaseResult result{one.name, {}};
  for (const Expectation& expected : one.expect) {
    const auto found = measured.find(expected.figure);
    if (found == measured.end()) {
      std::vector<std::string> names;
      for (const auto& [name, figure] : measured) names.push_back(name);
      throw ConfigError(fmt::format("validation point {}, case '{}': '{}' is not measured there; there are {}",
                                    point.id, one.name, expected.figure, fmt::join(names, ", ")));
    }
    if (!expected.value && !found->second.expected)
      throw ConfigError(fmt::format("validation point {}, case '{}': '{}' needs an expected value", point.id, one.name,
                                    expected.figure));
    result.figures.push_back(compare_figure(point, expected, found->second));
  }
  return result;
}

std::vector<PointResult> run_points(const std::vector<ValidationFile>& files, const std::vector<std::string>& ids) {
  const std::vector<const ValidationPoint*> points = chosen_points(files, ids);
  const std::filesystem::path program = own_program();
  std::vector<ChildCommand> commands;
  for (const ValidationPoint* point : points)
    for (std::size_t number = 0; number < point->cases.size(); ++number)
      commands.push_back({program, {"validate", "--measure", fmt::format("{}/{}", point->id, number)}});
  const std::vector<ChildResult> children = run_children(commands);
  std::vector<PointResult> results;
  auto child = children.begin();
  for (const ValidationPoint* point : points) {
    PointResult& result = results.emplace_back(PointResult{*point, {}});
    for (const ValidationCase& one : point->cases) {
      if (child->exit_code != 0) rethrow(*child);
      result.cases.push_back(compare(*point, one, figures_of(child->out)));
      ++child;
    }
  }
  return results;
}

std::string measure_as_json(const std::vector<ValidationFile>& files, const std::string& which) {
  for (const ValidationFile& file : files) {
    for (const ValidationPoint& point : file.points) {
      for (std::size_t number = 0; number < point.cases.size(); ++number) {
        if (which != fmt::format("{}/{}", point.id, number)) continue;
        nlohmann::ordered_json document;
        for (const auto& [name, figure] : measure(file, point.cases[number])) {
          document[name] = {{"simulated", figure.simulated}};
          if (figure.expected) document[name]["expected"] = *figure.expected;
        }
        return document.dump();
      }
    }
  }
  throw ConfigError(fmt::format("--measure: there is no case '{}'", which));
}

}  // namespace aimc::sim
