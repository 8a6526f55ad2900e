#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/timing/cohorts.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// The next token that may begin.
struct TokenStart {
  std::uint32_t request = 0;
  std::int64_t token = 0;
  std::uint32_t cohort = 0;
};

/// Decides which token begins when: requests in the order of their arrival, as many as may be in flight; at most
/// `window` prompt tokens at a time, the tokens of an earlier request first; a new token once the one before has been
/// sampled. With Batching::iteration tokens begin only when all those of the iteration before have ended.
class Admission {
 public:
  Admission(const InferenceWorkload& workload, std::int64_t window, Cohorts& cohorts);

  /// When the next request arrives, if one is still to come.
  [[nodiscard]] std::optional<Time> next_arrival() const;
  /// Lets in what has arrived by now.
  void arrive(Time now);
  [[nodiscard]] std::optional<TokenStart> next(Time now);
  /// A token that next() returned has ended (all its steps are done).
  void ended(std::uint32_t request, std::int64_t token);
  /// All requests that run begin their next token so much further (back) than where they are.
  void jump(std::int64_t tokens);
  /// [requests] when their first token could begin.
  [[nodiscard]] const std::vector<Time>& started() const { return started_; }
  [[nodiscard]] bool all_done() const { return done_ == workload_.requests.size(); }

 private:
  [[nodiscard]] const Request& request(std::uint32_t id) const { return workload_.requests[id]; }
  [[nodiscard]] std::int64_t last_token(std::uint32_t id) const;
  void admit(Time now);
  [[nodiscard]] std::optional<TokenStart> next_of_free();
  TokenStart begin_prompt_token(std::uint32_t id);
  void build_iteration();

  const InferenceWorkload& workload_;
  const std::int64_t window_;
  Cohorts& cohorts_;
  std::vector<std::int64_t> begun_;   // [requests]: tokens begun
  std::vector<std::uint32_t> chunk_;  // [requests]: cohort of the prompt tokens that begin now
  std::vector<Time> started_;
  std::size_t arrived_ = 0, admitted_ = 0, done_ = 0;
  std::int64_t prompt_tokens_in_flight_ = 0;
  std::deque<std::uint32_t> prefilling_;  // admitted, with prompt tokens to begin
  std::deque<TokenStart> ready_;          // decode tokens that may begin, or what is left of an iteration
  std::vector<std::uint32_t> running_;    // iteration: admitted, not done
  std::int64_t in_iteration_ = 0;         // tokens of the iteration that have not ended
};

}  // namespace aimc::sim
