#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::interconnect {

/// What is due when: earliest first, at the same time in the order of the calls.
template <class What>
class DueQueue {
 public:
  /// Whether it is now the first one.
  bool push(Time at, const What& what) {
    heap_.push_back({at, sequence_, what});
    std::ranges::push_heap(heap_, later);
    return heap_.front().sequence == sequence_++;
  }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] Time first() const { return heap_.front().at; }
  What pop() {
    std::ranges::pop_heap(heap_, later);
    const What what = heap_.back().what;
    heap_.pop_back();
    return what;
  }

 private:
  struct Entry {
    Time at;
    std::uint64_t sequence;
    What what;
  };
  static bool later(const Entry& a, const Entry& b) { return a.at != b.at ? a.at > b.at : a.sequence > b.sequence; }

  std::vector<Entry> heap_;
  std::uint64_t sequence_ = 0;
};

}  // namespace aimc::interconnect
