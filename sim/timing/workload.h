#pragma once
#include <cstdint>
#include <vector>

#include "base/units/quantity.h"

namespace aimc::sim {

/// One sequence. The last prompt token's pass gives its first new token, each further one is a decode pass. With
/// context_tokens the KV cache holds that many positions when the request arrives, and nothing of them is computed.
struct Request {
  Time arrival;
  std::int64_t context_tokens = 0;
  std::int64_t prompt_tokens = 0;  ///< at least 1
  std::int64_t new_tokens = 0;     ///< at least 1
};

/// Which job a unit takes next when several wait for it: the first to come, or those of decode (prefill) passes first.
enum class Priority : std::uint8_t { first_come, decode_first, prefill_first };

/// Which tokens meet in a digital product, whose weights then stream from memory once for all of them. `none`: the
/// prompt tokens of a request; decode tokens go alone. `iteration`: all running requests start their next token
/// together (Orca, Yu et al., OSDI 2022), and the tokens of an iteration meet.
enum class Batching : std::uint8_t { none, iteration };

/// The work that is timed: requests in the order of their arrival.
struct InferenceWorkload {
  std::vector<Request> requests;
  std::int64_t max_in_flight = 0;  ///< requests that run at the same time, the others wait for admission; 0: no limit
  Priority priority = Priority::first_come;
  Batching batching = Batching::none;

  /// One request that arrives at time 0.
  static InferenceWorkload single(std::int64_t prompt_tokens, std::int64_t new_tokens) {
    return {{{Time{}, 0, prompt_tokens, new_tokens}}, 0, Priority::first_come, Batching::none};
  }
  /// Sums over the requests.
  [[nodiscard]] std::int64_t prompt_tokens() const;
  [[nodiscard]] std::int64_t new_tokens() const;
};

}  // namespace aimc::sim
