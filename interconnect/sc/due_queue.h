#pragma once
#include "base/queue/time_queue.h"

namespace aimc::interconnect {

/// What is due when: earliest first, at the same time in the order of the calls.
template <class What>
class DueQueue {
 public:
  /// Whether it is now the first one.
  bool push(Time at, const What& what) {
    const bool first = queue_.empty() || at < queue_.next();
    queue_.push(at, what);
    return first;
  }
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  [[nodiscard]] std::size_t size() const { return queue_.size(); }
  [[nodiscard]] Time first() const { return queue_.next(); }
  What pop() { return queue_.pop(); }

 private:
  TimeQueue<What> queue_;
};

}  // namespace aimc::interconnect
