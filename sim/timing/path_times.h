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

  /// [Resource] time of others that could go with this one's (SharedWaits).
  std::array<Time, resource_count> hidden;

  void serve(Resource resource, Time time) { service[static_cast<std::size_t>(resource)] += time; }
  void wait(Resource resource, std::uint32_t thing, Time time);
  PathTimes& operator+=(const PathTimes& other);
};

/// Waits behind jobs that several resources worked for, as attention units and memory do for attention.
///
/// Were one of them without time, such a wait would shrink to the others' parts or less: those jobs would begin
/// earlier, while the token is still on its way, and hide behind what it waits for there. Two things remain at least:
/// the path without the whole wait; and the others' parts of the wait, which is work in a row, with what follows it on
/// the path.
class SharedWaits {
 public:
  /// One wait by resource, from the path's end to its beginning. `following`: the path after it.
  void add(const std::array<Time, resource_count>& parts, const PathTimes& following);
  /// PathTimes::hidden of the whole path.
  [[nodiscard]] std::array<Time, resource_count> hidden(const PathTimes& path) const;

 private:
  [[nodiscard]] Time rest(const PathTimes& path, std::size_t resource) const;
  std::array<Time, resource_count> others_, longest_;
};

/// The same for readers: things by name.
[[nodiscard]] PathResources path_resources(const PathTimes& times, const Playbook& book);

}  // namespace aimc::sim
