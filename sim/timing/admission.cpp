#include "sim/timing/admission.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {

Admission::Admission(const InferenceWorkload& workload, std::int64_t window, Cohorts& cohorts)
    : workload_(workload),
      window_(window),
      cohorts_(cohorts),
      begun_(workload.requests.size()),
      chunk_(workload.requests.size()),
      started_(workload.requests.size()) {
  AIMC_CHECK(window > 0, "a window of {} tokens", window);
}

std::optional<Time> Admission::next_arrival() const {
  if (arrived_ == workload_.requests.size()) return std::nullopt;
  return request(static_cast<std::uint32_t>(arrived_)).arrival;
}

void Admission::arrive(Time now) {
  while (arrived_ < workload_.requests.size() && workload_.requests[arrived_].arrival <= now) ++arrived_;
}

std::int64_t Admission::last_token(std::uint32_t id) const {
  return request(id).prompt_tokens + request(id).new_tokens - 2;
}

void Admission::admit(Time now) {
  const auto room = [this] {
    return workload_.max_in_flight == 0 || static_cast<std::int64_t>(admitted_ - done_) < workload_.max_in_flight;
  };
  while (admitted_ < arrived_ && room()) {
    started_[admitted_] = now;
    prefilling_.push_back(static_cast<std::uint32_t>(admitted_));
    running_.push_back(static_cast<std::uint32_t>(admitted_));
    ++admitted_;
  }
}

std::optional<TokenStart> Admission::next(Time now) {
  if (workload_.batching == Batching::none) {
    admit(now);
    return next_of_free();
  }
  if (in_iteration_ == 0) {
    admit(now);
    build_iteration();
  }
  if (ready_.empty()) return std::nullopt;
  const TokenStart start = ready_.front();
  ready_.pop_front();
  return start;
}

std::optional<TokenStart> Admission::next_of_free() {
  if (!ready_.empty()) {
    TokenStart start = ready_.front();
    ready_.pop_front();
    start.cohort = cohorts_.add(1, 1);
    return start;
  }
  if (prefilling_.empty() || prompt_tokens_in_flight_ >= window_) return std::nullopt;
  const std::uint32_t id = prefilling_.front();
  const std::int64_t token = begun_[id], prompt = request(id).prompt_tokens;
  if (token % window_ == 0) {
    const std::int64_t size = std::min(window_, prompt - token);
    chunk_[id] = cohorts_.add(size, token + size == prompt ? 1 : 0);
  }
  const TokenStart start = begin_prompt_token(id);
  if (begun_[id] == prompt) prefilling_.pop_front();
  return start;
}

TokenStart Admission::begin_prompt_token(std::uint32_t id) {
  ++prompt_tokens_in_flight_;
  return {id, begun_[id]++, chunk_[id]};
}

void Admission::build_iteration() {
  std::int64_t room = window_, sampled = 0;
  for (const std::uint32_t id : running_) {
    const std::int64_t prompt = request(id).prompt_tokens;
    if (begun_[id] >= prompt) {
      ready_.push_back({id, begun_[id]++, 0});
      ++sampled;
    }
    // A prompt is not split over iterations unless it is longer than a window: its attention may wait for all of it.
    if (prompt <= window_ && prompt - begun_[id] > room) continue;
    for (; begun_[id] < prompt && room > 0; --room) {
      ready_.push_back(begin_prompt_token(id));
      sampled += begun_[id] == prompt ? 1 : 0;
    }
  }
  in_iteration_ = std::ssize(ready_);
  const std::uint32_t cohort = cohorts_.add(in_iteration_, sampled);
  for (TokenStart& start : ready_) start.cohort = cohort;
}

void Admission::jump(std::int64_t tokens) {
  if (tokens == 0) return;
  for (const std::uint32_t id : running_) {
    begun_[id] += tokens;
    AIMC_CHECK(begun_[id] >= request(id).prompt_tokens && begun_[id] <= last_token(id), "request {} jumps to token {}",
               id, begun_[id]);
  }
  for (TokenStart& start : ready_) start.token += tokens;
}

void Admission::ended(std::uint32_t id, std::int64_t token) {
  const bool prompt_token = token < request(id).prompt_tokens;
  if (prompt_token) --prompt_tokens_in_flight_;
  if (workload_.batching == Batching::iteration) --in_iteration_;
  if (token == last_token(id)) {
    ++done_;
    std::erase(running_, id);
  } else if (token + 1 >= request(id).prompt_tokens && workload_.batching == Batching::none) {
    ready_.push_back({id, begun_[id]++, 0});
  }
}

}  // namespace aimc::sim
