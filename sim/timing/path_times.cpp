#include "sim/timing/path_times.h"

#include <fmt/format.h>

#include <algorithm>

namespace aimc::sim {
namespace {

std::string thing_name(Resource resource, std::uint32_t thing, const Playbook& book) {
  switch (resource) {
    case Resource::tile:
    case Resource::digital_unit:
    case Resource::attention_unit: {
      const UnitAddress& unit = book.units[thing].address;
      return fmt::format("{} {} of chip {}", name(unit.component), unit.index, unit.chip);
    }
    case Resource::output_port: {
      const UnitAddress& unit = book.units[thing].address;
      return fmt::format("output of {} {} of chip {}", name(unit.component), unit.index, unit.chip);
    }
    case Resource::memory_channel:
      return fmt::format("memory channel {}", thing);
    case Resource::chip_network:
      return fmt::format("network of chip {}", thing);
    case Resource::chip_link:
      return fmt::format("links of chip {}", thing);
    default:
      return std::string(name(resource));
  }
}

}  // namespace

void PathTimes::wait(Resource resource, std::uint32_t thing, Time time) {
  if (time == Time{}) return;
  stages.waiting += time;
  waiting[static_cast<std::size_t>(resource)] += time;
  waits[{resource, thing}] += time;
}

Time SharedWaits::rest(const PathTimes& path, std::size_t resource) const {
  return path.stages.total() - path.service[resource] - path.waiting[resource] - others_[resource];
}

void SharedWaits::add(const std::array<Time, resource_count>& parts, const PathTimes& following) {
  Time wait;
  for (const Time part : parts) wait += part;
  for (std::size_t i = 0; i < resource_count; ++i) {
    if (parts[i] == Time{}) continue;
    longest_[i] = std::max(longest_[i], wait - parts[i] + rest(following, i));
    others_[i] += wait - parts[i];
  }
}

std::array<Time, resource_count> SharedWaits::hidden(const PathTimes& path) const {
  std::array<Time, resource_count> hidden;
  for (std::size_t i = 0; i < resource_count; ++i) {
    const Time rest_of_path = rest(path, i);
    hidden[i] = others_[i] - (std::max(longest_[i], rest_of_path) - rest_of_path);
  }
  return hidden;
}

PathTimes& PathTimes::operator+=(const PathTimes& other) {
  stages += other.stages;
  for (std::size_t i = 0; i < resource_count; ++i) {
    service[i] += other.service[i];
    waiting[i] += other.waiting[i];
    hidden[i] += other.hidden[i];
  }
  for (const auto& [thing, time] : other.waits) waits[thing] += time;
  return *this;
}

PathResources path_resources(const PathTimes& times, const Playbook& book) {
  PathResources path;
  const Time span = times.stages.total();
  for (std::size_t i = 0; i < resource_count; ++i) {
    const Time mine = times.service[i] + times.waiting[i];
    if (mine == Time{}) continue;
    path.resources.push_back({static_cast<Resource>(i), times.service[i], times.waiting[i],
                              std::max(Time{}, span - mine - times.hidden[i])});
  }
  const auto most = std::ranges::max_element(times.waits, {}, [](const auto& wait) { return wait.second; });
  if (most != times.waits.end()) {
    path.most_waited = thing_name(most->first.first, most->first.second, book);
    path.most_waited_time = most->second;
  }
  return path;
}

}  // namespace aimc::sim
