#include "sim/report/time_attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/units/format.h"
#include "sim/report/item_lines.h"

namespace aimc::sim {
namespace {

constexpr double least_help = 0.005;  // of the span: less is not worth a word

// Decode passes of the first request.
std::int64_t passes_of(const TimingResult& timing) { return std::ssize(timing.token_times) - 1; }

std::string per_pass(Time time, std::int64_t passes) {
  if (time == Time{} || passes < 1) return "-";
  return format_quantity(Time::from_seconds(time.seconds() / static_cast<double>(passes)));
}

struct Row {
  ResourceTime first, decode;
};

std::string help_line(const char* what, const PathResources& path) {
  auto best = by_help(path);
  best.resize(std::min<std::size_t>(3, best.size()));
  if (best.empty()) return "";
  std::vector<std::string> items;
  for (const ResourceTime& time : best)
    items.push_back(
        fmt::format("{} (-{:.0f} %)", name(time.resource), 100 * (1 - time.bound.seconds() / path.total().seconds())));
  return item_lines(what, 26, items);
}

}  // namespace

std::vector<ResourceTime> by_help(const PathResources& path) {
  auto resources = path.resources;
  const Time total = path.total();
  std::erase_if(resources,
                [&](const ResourceTime& time) { return time.bound.seconds() > (1 - least_help) * total.seconds(); });
  std::ranges::stable_sort(resources, std::less<>(), &ResourceTime::bound);
  return resources;
}

std::string time_attribution(const TimingResult& timing) {
  if (timing.first_token_path.resources.empty()) return "";
  const std::int64_t passes = passes_of(timing);
  std::map<Resource, Row> rows;
  for (const auto& time : timing.first_token_path.resources) rows[time.resource].first = time;
  for (const auto& time : timing.decode_path.resources) rows[time.resource].decode = time;
  std::string text = fmt::format("  {:<22}{:>13}{:>13}{:>15}{:>13}\n", "by resource", "served by", "waited for",
                                 "served by", "waited for");
  for (const auto& [resource, row] : rows)
    text += fmt::format("    {:<20}{:>13}{:>13}{:>15}{:>13}\n", name(resource), per_pass(row.first.service, 1),
                        per_pass(row.first.waiting, 1), per_pass(row.decode.service, passes),
                        per_pass(row.decode.waiting, passes));
  text += "  what would help most, if it took no time at all\n";
  text += help_line("    first token", timing.first_token_path);
  text += help_line("    output token", timing.decode_path);
  const PathResources& longest = passes > 0 ? timing.decode_path : timing.first_token_path;
  if (!longest.most_waited.empty())
    text += fmt::format("  {:<24}{}, {}{}\n", "waited for longest", longest.most_waited,
                        per_pass(longest.most_waited_time, passes > 0 ? passes : 1), passes > 0 ? " a token" : "");
  return text;
}

std::string critical_path_csv(const TimingResult& timing) {
  std::string csv = "span,resource,service_ps,waiting_ps,bound_ps\n";
  const std::pair<const char*, const PathResources*> spans[] = {{"first_token", &timing.first_token_path},
                                                                {"decode_total", &timing.decode_path}};
  for (const auto& [span, path] : spans)
    for (const auto& time : path->resources)
      csv += fmt::format("{},{},{},{},{}\n", span, name(time.resource), time.service.picoseconds(),
                         time.waiting.picoseconds(), time.bound.picoseconds());
  return csv;
}

}  // namespace aimc::sim
