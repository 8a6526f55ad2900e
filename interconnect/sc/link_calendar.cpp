#include "interconnect/sc/link_calendar.h"

#include <algorithm>

namespace aimc::interconnect {

void LinkCalendar::Earlier::forget(Time now) {
  while (first < spans.size() && spans[first].end <= now) ++first;
  if (first == spans.size()) {
    spans.clear();
    first = 0;
  } else if (first > 32 && 2 * first > spans.size()) {
    spans.erase(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(first));
    first = 0;
  }
}

/// Puts a span before spans[position] (before `last` at the end), merging with the neighbours it touches or nearly
/// touches.
void LinkCalendar::Earlier::insert(std::size_t position, Span span, Span& last, Time shortest) {
  const auto at = spans.begin() + static_cast<std::ptrdiff_t>(position);
  Span& next = position < spans.size() ? *at : last;
  const bool joins_before = position > first && span.begin - spans[position - 1].end < shortest;
  const bool joins_after = next.begin - span.end < shortest;
  if (joins_before && joins_after) {
    next.begin = spans[position - 1].begin;
    spans.erase(at - 1);
  } else if (joins_before) {
    spans[position - 1].end = span.end;
  } else if (joins_after) {
    next.begin = span.begin;
  } else {
    spans.insert(at, span);
  }
}

Time LinkCalendar::reserve_among(Time earliest, Time length, Time now, Time shortest) {
  if (!earlier_) earlier_ = std::make_unique<Earlier>();
  std::vector<Span>& spans = earlier_->spans;
  earlier_->forget(now);
  if (earliest > last_.end) {
    spans.push_back(last_);
    last_ = {earliest, earliest + length};
    return earliest;
  }
  const auto used = spans.begin() + static_cast<std::ptrdiff_t>(earlier_->first);
  auto next = std::ranges::upper_bound(used, spans.end(), earliest, {}, &Span::end);
  Time begin = earliest;
  while (next != spans.end() && next->begin < begin + length) begin = (next++)->end;
  if (next == spans.end() && last_.begin < begin + length) {
    begin = std::max(begin, last_.end);
    last_.end = begin + length;
    return begin;
  }
  earlier_->insert(static_cast<std::size_t>(next - spans.begin()), {begin, begin + length}, last_, shortest);
  return begin;
}

Time LinkCalendar::first_free_among(Time earliest, Time length) const {
  Time begin = earliest;
  if (earlier_) {
    const auto used = earlier_->spans.begin() + static_cast<std::ptrdiff_t>(earlier_->first);
    auto next = std::ranges::upper_bound(used, earlier_->spans.end(), earliest, {}, &Span::end);
    while (next != earlier_->spans.end() && next->begin < begin + length) begin = (next++)->end;
  }
  return last_.begin < begin + length && begin < last_.end ? last_.end : begin;
}

}  // namespace aimc::interconnect
