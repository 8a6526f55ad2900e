#pragma once
#include <cstddef>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::interconnect {

/// The reservations of one link: which spans of the future are taken.
///
/// A packet reserves every link of its route when it is injected, so reservations arrive out of time order: a packet
/// from afar may have booked a span later than one that a neighbour asks for now. Keeping the spans (not only "free
/// from") lets the neighbour use the gap before it, as it would on the real link. Adjacent spans merge, so a busy link
/// is one span.
class LinkCalendar {
 public:
  /// Takes the first free span of `length` that begins at or after `earliest` and returns its beginning. Spans that
  /// ended by `now` are forgotten; later calls must not ask for a time before it.
  Time reserve(Time earliest, Time length, Time now);
  /// Sum of all reserved spans since construction.
  [[nodiscard]] Time reserved() const { return reserved_; }

 private:
  struct Span {
    Time begin, end;
  };
  void forget(Time now);
  void insert(std::size_t position, Time begin, Time end);

  std::vector<Span> spans_;  // disjoint, sorted; [first_, size) are in use
  std::size_t first_ = 0;
  Time reserved_;
};

}  // namespace aimc::interconnect
