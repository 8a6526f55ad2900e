#include "sim/experiment/break_even.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check/error.h"
#include "base/process/run_children.h"
#include "sim/experiment/hardware_file.h"

namespace aimc::sim {
namespace {

ChildCommand command_of(const std::filesystem::path& file, const std::vector<std::string>& assignments,
                        const BreakEvenPoint& point) {
  ChildCommand command{own_program(), {"breakeven", file.string(), "--json", "--threads", "1"}};
  for (const std::string& assignment : assignments) {
    command.arguments.emplace_back("--set");
    command.arguments.push_back(assignment);
  }
  const std::pair<const char*, std::string> options[] = {{"--system", point.system},
                                                         {"--batch", std::to_string(point.batch)},
                                                         {"--context", std::to_string(point.context)}};
  for (const auto& [option, value] : options) {
    command.arguments.emplace_back(option);
    command.arguments.push_back(value);
  }
  return command;
}

std::vector<BreakEvenPoint> grid_of(const ExperimentSpec& spec, const std::vector<std::string>& systems) {
  std::vector<std::int64_t> batches = spec.break_even.batch, contexts = spec.break_even.context;
  std::ranges::sort(batches);
  std::ranges::sort(contexts);
  std::vector<BreakEvenPoint> points;
  for (const std::string& system : systems)
    for (const std::int64_t context : contexts)
      for (const std::int64_t batch : batches) {
        BreakEvenPoint point;
        point.system = system, point.batch = batch, point.context = context;
        points.push_back(point);
      }
  return points;
}

std::string without_program_name(std::string message) {
  constexpr std::string_view prefix = "aimcsim: ";
  if (message.starts_with(prefix)) message.erase(0, prefix.size());
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return message;
}

// What does not fit is a result; any other failure ends the comparison.
void take_result(const ChildResult& child, BreakEvenPoint& point) {
  if (child.exit_code == 0) {
    point = point_of_json(child.out);
    return;
  }
  const std::string message = without_program_name(child.error);
  if (child.exit_code != exit_code(ConfigError("")))
    throw InternalError(fmt::format("{} at batch {}, context {} ended with code {}: {}", point.system, point.batch,
                                    point.context, child.exit_code, message));
  point.problem = message;
}

}  // namespace

std::vector<std::string> break_even_systems(const ExperimentSpec& spec) {
  std::vector<std::string> systems{spec.hardware.name};
  for (const std::string& other : spec.break_even.against) {
    if (other == spec.hardware.name)
      throw ConfigError(fmt::format("breakeven.against: '{}' is the experiment's own hardware", other));
    systems.push_back(other);
  }
  return systems;
}

BreakEvenResult break_even(const ExperimentSpec& spec, const std::filesystem::path& file,
                           const std::vector<std::string>& assignments, const RunProgress& progress) {
  BreakEvenResult result;
  result.hardware = spec.hardware.name;
  result.systems = break_even_systems(spec);
  for (const std::string& other : spec.break_even.against) static_cast<void>(load_hardware(other, {}));  // exists
  result.points = grid_of(spec, result.systems);
  const auto total = static_cast<std::int64_t>(result.points.size());
  // A row of batches at a time, so that progress can be told.
  const std::size_t row = spec.break_even.batch.size();
  for (std::size_t begin = 0; begin < result.points.size(); begin += row) {
    progress("points", static_cast<std::int64_t>(begin), total);
    std::vector<ChildCommand> commands;
    for (std::size_t i = begin; i < begin + row; ++i)
      commands.push_back(command_of(file, assignments, result.points[i]));
    const auto children = run_children(commands);
    for (std::size_t i = 0; i < row; ++i) take_result(children[i], result.points[begin + i]);
  }
  result.crossings = find_crossings(result);
  return result;
}

}  // namespace aimc::sim
