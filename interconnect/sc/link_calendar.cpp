#include "interconnect/sc/link_calendar.h"

#include <algorithm>

namespace aimc::interconnect {

void LinkCalendar::forget(Time now) {
  while (first_ < spans_.size() && spans_[first_].end <= now) ++first_;
  if (first_ == spans_.size()) {
    spans_.clear();
    first_ = 0;
  } else if (first_ > 32 && first_ * 2 > spans_.size()) {
    spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void LinkCalendar::insert(std::size_t position, Time begin, Time end) {
  const bool joins_before = position > first_ && spans_[position - 1].end == begin;
  const bool joins_after = position < spans_.size() && spans_[position].begin == end;
  if (joins_before && joins_after) {
    spans_[position - 1].end = spans_[position].end;
    spans_.erase(spans_.begin() + static_cast<std::ptrdiff_t>(position));
  } else if (joins_before) {
    spans_[position - 1].end = end;
  } else if (joins_after) {
    spans_[position].begin = begin;
  } else {
    spans_.insert(spans_.begin() + static_cast<std::ptrdiff_t>(position), Span{begin, end});
  }
}

Time LinkCalendar::reserve(Time earliest, Time length, Time now) {
  forget(now);
  reserved_ += length;
  if (spans_.empty() || earliest >= spans_.back().end) {
    insert(spans_.size(), earliest, earliest + length);
    return earliest;
  }
  const auto used = spans_.begin() + static_cast<std::ptrdiff_t>(first_);
  auto next = std::ranges::upper_bound(used, spans_.end(), earliest, {}, &Span::end);
  Time begin = earliest;
  while (next != spans_.end() && next->begin < begin + length) {
    begin = next->end;
    ++next;
  }
  insert(static_cast<std::size_t>(next - spans_.begin()), begin, begin + length);
  return begin;
}

}  // namespace aimc::interconnect
