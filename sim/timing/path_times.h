#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "sim/timing/playbook.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// Where the time of critical paths went: by stage, by resource, and what was waited for. All three sum to the span.
struct PathTimes {
  StageTimes stages;
  std::array<Time, resource_count> service, waiting;  ///< [Resource]
  /// Waiting by the thing waited for: a unit (its number in the Playbook), a memory channel, the network of a chip.
  std::map<std::pair<Resource, std::uint32_t>, Time> waits;

  void serve(Resource resource, Time time) { service[static_cast<std::size_t>(resource)] += time; }
  void wait(Resource resource, std::uint32_t thing, Time time);
  PathTimes& operator+=(const PathTimes& other);
};

/// The same for readers: things by name.
[[nodiscard]] PathResources path_resources(const PathTimes& times, const Playbook& book);

}  // namespace aimc::sim
