#include "sim/timing/decode_windows.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aimc::sim {
namespace {

constexpr std::int64_t most_tries = 4;
// Between the first window and the last: less than this is not worth the jumps.
constexpr std::int64_t fewest_tokens = 2 * 2 * (DecodeWindows::rounds + DecodeWindows::settling) + 4;
// How far rounds of a steady window may lie off the line through them, of their time, in tolerances: the window's mean
// is off by less than half of that.
constexpr double steadiness = 2;

}  // namespace

DecodeWindows::DecodeWindows(const InferenceWorkload& workload, std::vector<std::int64_t> kinks, double tolerance)
    : last_(workload.requests.front().prompt_tokens + workload.requests.front().new_tokens - 2),
      tolerance_(tolerance),
      kinks_(std::move(kinks)),
      progress_(workload.requests.size()) {}

void DecodeWindows::begin_window(Round& round, Time now) {
  round.begins = true;
  seen_.clear();
  since_ = now;
  at_begin_ = progress_;
}

bool DecodeWindows::is_steady() const {
  const double middle = static_cast<double>(rounds - 1) / 2;
  double sum = 0, slope = 0, squares = 0;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    sum += seen_[i].seconds();
    slope += x * seen_[i].seconds();
    squares += x * x;
  }
  const double mean = sum / static_cast<double>(rounds);
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const double line = mean + slope / squares * (static_cast<double>(i) - middle);
    if (std::abs(seen_[i].seconds() - line) > steadiness * tolerance_ * mean) return false;
  }
  return true;
}

bool DecodeWindows::is_fair() const {
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    if (std::abs(progress_[i] - at_begin_[i] - rounds) > 1) return false;
    if (!places_.empty() && std::abs(progress_[i] - progress_[0] - places_[i]) > 2) return false;
  }
  return true;
}

Time DecodeWindows::mean() const {
  Time sum;
  for (const Time time : seen_) sum += time;
  return Time(sum.picoseconds() / rounds);
}

DecodeWindows::Round DecodeWindows::round(std::int64_t token, Time now) {
  Round round;
  switch (stage_) {
    case Stage::filling:
      if (std::ranges::find(progress_, 0) == progress_.end()) {
        stage_ = Stage::first_window;
        wait_ = settling;
      }
      break;
    case Stage::first_window:
    case Stage::window:
      ++visited_;
      if (wait_ > 0) {
        if (--wait_ == 0) begin_window(round, now);
        break;
      }
      round.measured = true;
      seen_.push_back(now - since_);
      since_ = now;
      if (std::ssize(seen_) == rounds) end_window(token, round);
      break;
    case Stage::approach:
      if (--wait_ > 0) break;
      stage_ = Stage::after;
      round.returns = true;
      break;
    case Stage::after:
      break;
  }
  return round;
}

void DecodeWindows::end_window(std::int64_t token, Round& round) {
  const bool first = stage_ == Stage::first_window;
  if (!is_steady() || !is_fair()) {
    wait_ = settling;
    if (++tries_ < most_tries) {
      if (!first) round.jump = -(rounds + settling);
    } else if (first) {
      stage_ = Stage::after;  // nothing was left out
    } else {
      gave_up_ = true;
      choose_next(token, round);
    }
    return;
  }
  tries_ = 0;
  round.window = token - rounds / 2;
  if (first) return end_first_window(token, round);
  sampler_->measured(*round.window, mean());
  choose_next(token, round);
}

void DecodeWindows::end_first_window(std::int64_t token, Round& round) {
  const std::int64_t ahead = *std::ranges::max_element(progress_) - progress_[0];
  const std::int64_t behind = progress_[0] - *std::ranges::min_element(progress_);
  end_ = last_ - ahead - rounds;  // in the window there nobody comes to the end
  if (end_ - token < fewest_tokens) {
    stage_ = Stage::after;
    return;
  }
  for (const std::int64_t count : progress_) places_.push_back(count - progress_[0]);
  std::vector<std::int64_t> corners;
  for (const std::int64_t kink : kinks_) {
    corners.push_back(kink - ahead - rounds / 2 - 1);
    corners.push_back(kink + behind + rounds / 2 + 1);
  }
  const std::int64_t window = round.window.value_or(token);
  sampler_ = std::make_unique<DecodeSampler>(window, end_, corners, tolerance_, true);
  sampler_->measured(window, mean());
  round.leaves = true;
  left_ = token;
  visited_ = 0;
  choose_next(token, round);
}

double DecodeWindows::largest_deviation() const {
  if (left_ == 0) return 0;
  return gave_up_ ? tolerance_ : std::max(tolerance_, sampler_->largest_deviation());
}

void DecodeWindows::choose_next(std::int64_t token, Round& round) {
  std::optional<std::int64_t> next = gave_up_ ? std::nullopt : sampler_->next();
  gave_up_ = gave_up_ || (next && visited_ + settling + rounds > (end_ - left_) / 2);
  if (gave_up_) next.reset();
  stage_ = next ? Stage::window : Stage::approach;
  wait_ = next ? settling : settling + 1;
  if (!next) returned_ = gave_up_ ? left_ : end_;
  const std::int64_t first = next ? *next - rounds / 2 - settling : returned_ - settling;
  round.jump = first - (token + 1);
}

}  // namespace aimc::sim
