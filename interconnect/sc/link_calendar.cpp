#include "interconnect/sc/link_calendar.h"

#include <algorithm>

namespace aimc::interconnect {

void LinkCalendar::forget_earlier() {
  earlier_.clear();
  first_ = 0;
}

void LinkCalendar::forget(Time now) {
  while (first_ < earlier_.size() && earlier_[first_].end <= now) ++first_;
  if (first_ == earlier_.size()) {
    forget_earlier();
  } else if (first_ > 32 && std::size_t{2} * first_ > earlier_.size()) {
    earlier_.erase(earlier_.begin(), earlier_.begin() + first_);
    first_ = 0;
  }
}

/// Puts a span before earlier_[position] (before last_ at the end), merging with the neighbours it touches.
void LinkCalendar::insert(std::size_t position, Span span) {
  const auto at = earlier_.begin() + static_cast<std::ptrdiff_t>(position);
  Span& next = position < earlier_.size() ? *at : last_;
  const bool joins_before = position > first_ && earlier_[position - 1].end == span.begin;
  const bool joins_after = next.begin == span.end;
  if (joins_before && joins_after) {
    next.begin = earlier_[position - 1].begin;
    earlier_.erase(at - 1);
  } else if (joins_before) {
    earlier_[position - 1].end = span.end;
  } else if (joins_after) {
    next.begin = span.begin;
  } else {
    earlier_.insert(at, span);
  }
}

Time LinkCalendar::reserve_among(Time earliest, Time length, Time now) {
  forget(now);
  if (earliest > last_.end) {
    earlier_.push_back(last_);
    last_ = {earliest, earliest + length};
    return earliest;
  }
  const auto used = earlier_.begin() + first_;
  auto next = std::ranges::upper_bound(used, earlier_.end(), earliest, {}, &Span::end);
  Time begin = earliest;
  while (next != earlier_.end() && next->begin < begin + length) begin = (next++)->end;
  if (next == earlier_.end() && last_.begin < begin + length) {
    begin = last_.end;
    last_.end += length;
    return begin;
  }
  insert(static_cast<std::size_t>(next - earlier_.begin()), {begin, begin + length});
  return begin;
}

}  // namespace aimc::interconnect
