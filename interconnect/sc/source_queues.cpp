#include "interconnect/sc/source_queues.h"

#include "base/check/check.h"

namespace aimc::interconnect {

bool SourceQueues::wait(LinkId port, const Packet& packet, Time now) {
  if (spare_ < 0) {
    spare_ = static_cast<std::int32_t>(places_.size());
    places_.emplace_back();
  }
  const std::int32_t index = spare_;
  Place& place = places_[static_cast<std::size_t>(index)];
  spare_ = place.next;
  place = {{packet, now}, -1};
  Port& queue = ports_[port];
  const bool is_first = queue.first < 0;
  (is_first ? queue.first : places_[static_cast<std::size_t>(queue.last)].next) = index;
  queue.last = index;
  return is_first;
}

SourceQueues::Waiting SourceQueues::take(LinkId port) {
  Port& queue = ports_[port];
  AIMC_CHECK(queue.first >= 0, "nothing waits at port {}", port);
  const std::int32_t index = queue.first;
  Place& place = places_[static_cast<std::size_t>(index)];
  queue.first = place.next;
  place.next = spare_;
  spare_ = index;
  return place.waiting;
}

}  // namespace aimc::interconnect
