#include "sim/timing/several_decode.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/check/check.h"
#include "sim/timing/activity.h"
#include "sim/timing/first_request.h"

namespace aimc::sim {
namespace {

/// Times of `gaps` gaps that together last `span` and are to each other as `like` (stretched or squeezed to as many).
std::vector<Time> divide(Time span, std::int64_t gaps, const std::vector<Time>& like) {
  std::vector<long double> ends{0};
  for (std::int64_t gap = 0; gap < gaps; ++gap) {
    const std::int64_t at = gap * std::ssize(like) / gaps;
    ends.push_back(ends.back() +
                   (like.empty() ? 1 : static_cast<long double>(like[static_cast<std::size_t>(at)].picoseconds())));
  }
  std::vector<Time> times;
  for (std::size_t gap = 1; gap < ends.size(); ++gap) {
    const auto end = [&](std::size_t i) {
      return std::llround(static_cast<long double>(span.picoseconds()) * ends[i] / ends.back());
    };
    times.emplace_back(end(gap) - end(gap - 1));
  }
  return times;
}

}  // namespace

SeveralDecode::SeveralDecode(const Program& program, const Playbook& book, const Machine& machine,
                             DecodeWindows windows, const std::vector<Request>& requests)
    : program_(program),
      book_(book),
      machine_(machine),
      windows_(std::move(windows)),
      requests_(requests),
      seen_(requests.size()) {}

void SeveralDecode::sampled(const Pass& pass, Time now) {
  windows_.sampled(pass.request);
  simulated_ += pass.phase == Phase::decode ? 1 : 0;
  Seen& seen = seen_[pass.request];
  if (windows_.is_before()) {
    seen.before.push_back(now);
  } else if (windows_.is_after()) {
    seen.after[pass.token + 1 - requests_[pass.request].prompt_tokens] = now;
  }
}

std::int64_t SeveralDecode::first_sampled(const Pass& pass, const PathTimes& times, Time now) {
  ++rounds_;
  const DecodeWindows::Round round = windows_.round(pass.token, now);
  if (round.measured) window_.path += times;
  if (round.window) {
    DecodeSample sample = window_;
    sample.activity = collect_activity(program_, book_, machine_);
    add_activity(sample.activity, window_.activity, -1);
    samples_.emplace(*round.window, mean_of(sample, DecodeWindows::rounds));
  }
  if (round.begins) window_ = {PathTimes{}, collect_activity(program_, book_, machine_)};
  if (round.leaves) left_ = mark(now);
  if (round.returns) {
    returned_ = mark(now);
    seen_[0].after[pass.token + 1 - requests_[0].prompt_tokens] = now;
  }
  return round.jump;
}

SeveralDecode::Mark SeveralDecode::mark(Time now) const {
  return {now, collect_activity(program_, book_, machine_), collect_links(machine_), rounds_};
}

DecodeTotals SeveralDecode::between() const {
  if (windows_.returned() == windows_.left()) return {};
  return interpolate(samples_, windows_.left() + 1);
}

std::vector<Time> SeveralDecode::token_times(std::uint32_t request, const DecodeTotals& between) const {
  Time skipped;
  for (const Time time : between.times) skipped += time;
  const Seen& seen = seen_[request];
  const auto known = static_cast<std::int64_t>(seen.before.size());
  std::vector<Time> times = seen.before;
  const auto next = seen.after.lower_bound(known);  // one that has come before is not sampled again
  AIMC_CHECK(next != seen.after.end(), "request {} never came back from sampling", request);
  const auto at = [&](Time simulated) { return left_.at + skipped + (simulated - returned_.at); };
  for (const Time gap : divide(at(next->second) - times.back(), next->first - known + 1, between.times)) {
    times.push_back(times.back() + gap);
  }
  for (auto token = std::next(next); token != seen.after.end(); ++token) times.push_back(at(token->second));
  return times;
}

}  // namespace aimc::sim
