#pragma once
#include <algorithm>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::tiles {

/// When a stage that several arrays take turns at is taken. A job gets the first gap after it is ready, so that no
/// array waits for another one that is not there yet.
class StageCalendar {
 public:
  /// Takes the stage for `length` from `earliest` on (not before `now`, the clock of the kernel); returns the begin.
  Time take(Time now, Time earliest, Time length) {
    const auto ends_after = [](Time at, const Span& span) { return at < span.end; };
    taken_.erase(taken_.begin(), std::upper_bound(taken_.begin(), taken_.end(), now, ends_after));
    Time begin = earliest;
    auto place = std::upper_bound(taken_.begin(), taken_.end(), earliest, ends_after);
    for (; place != taken_.end() && place->begin < begin + length; ++place) begin = std::max(begin, place->end);
    if (length > Time{}) taken_.insert(place, {begin, begin + length});
    return begin;
  }

 private:
  struct Span {
    Time begin, end;
  };
  std::vector<Span> taken_;  // in time order, none in the past
};

}  // namespace aimc::tiles
