#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::interconnect {

/// The reservations of one link: which spans of the future are taken.
///
/// A packet reserves every link of its route when it is injected, so reservations arrive out of time order: a packet
/// from afar may have booked a span later than one that a neighbour asks for now. Keeping the spans (not only "free
/// from") lets the neighbour use the gap before it, as it would on the real link. Spans merge when no reservation fits
/// between them, so a busy link is one span; it is kept apart from the others because most calendars hold no other, and
/// this is the hottest data there is: two calendars in a cache line.
class LinkCalendar {
 public:
  /// Takes the first free span of `length` that begins at or after `earliest` and returns its beginning. Spans that
  /// ended by `now` are forgotten; later calls must not ask for a time before it, nor for a span under `shortest`.
  Time reserve(Time earliest, Time length, Time now, Time shortest = Time(1)) {
    reserved_ += length;
    if (last_.end <= now) {  // and all earlier ones: forgotten when they are looked at next
      last_ = {earliest, earliest + length};
      return earliest;
    }
    if (earliest >= last_.end && earliest - last_.end < shortest) {
      last_.end = earliest + length;
      return earliest;
    }
    return reserve_among(earliest, length, now, shortest);
  }
  /// Beginning of the first free span of `length` at or after `earliest`, without taking it.
  [[nodiscard]] Time first_free(Time earliest, Time length) const {
    return last_.end <= earliest ? earliest : first_free_among(earliest, length);
  }
  /// Sum of all reserved spans since construction.
  [[nodiscard]] Time reserved() const { return reserved_; }

 private:
  struct Span {
    Time begin, end;
  };
  /// Spans before the last: disjoint, sorted; [first, size) are in use.
  struct Earlier {
    std::vector<Span> spans;
    std::size_t first = 0;
    void forget(Time now);
    void insert(std::size_t position, Span span, Span& last, Time shortest);
  };
  [[nodiscard]] Time first_free_among(Time earliest, Time length) const;
  Time reserve_among(Time earliest, Time length, Time now, Time shortest);

  Span last_;  // the latest one; over when its end has passed
  std::unique_ptr<Earlier> earlier_;
  Time reserved_;
};

}  // namespace aimc::interconnect
