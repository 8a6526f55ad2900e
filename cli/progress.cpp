#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace aimc::cli {

using Clock = std::chrono::steady_clock;

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1), start_(Clock::now()) {}
ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::update(const std::string& stage, std::int64_t done, std::int64_t total) {
  if (!terminal_) return;
  const auto now = Clock::now();
  // Ten updates a second are enough for eyes; the last of a stage is always shown.
  if (stage == stage_ && done < total && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  stage_ = stage;
  constexpr std::int64_t width = 30;
  const std::int64_t filled = total > 0 ? width * done / total : 0;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  fmt::print(stderr, "\r\033[K{:<12} [{}{}] {}/{} {:.0f} s", stage, std::string(filled, '#'),
             std::string(width - filled, '.'), done, total, seconds);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace aimc::cli
