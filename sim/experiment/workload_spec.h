#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/units/quantity.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// How requests reach the hardware.
enum class ArrivalKind : std::uint8_t { at_once, fixed_rate, poisson, trace };

/// When requests arrive; a trace also says how long they are.
struct ArrivalSpec {
  ArrivalKind kind = ArrivalKind::at_once;
  Frequency rate;                 ///< requests per second: fixed_rate, poisson
  std::filesystem::path trace;    ///< CSV file: trace
  std::vector<Request> requests;  ///< what the trace says, in its order
};

/// What is timed. Zero and empty leave a number to the rest.
struct WorkloadSpec {
  std::string prompt;  ///< text of the prompt; empty: prompt_tokens of the calibration text
  std::int64_t prompt_tokens = 64;
  std::int64_t new_tokens = 32;
  std::int64_t context_tokens = 0;        ///< of each request, in the KV cache before its prompt
  std::optional<std::int64_t> requests;   ///< not given: as many as sequences, else one
  std::optional<std::int64_t> sequences;  ///< in flight at a time; a further request enters as one ends
  std::optional<std::int64_t> max_in_flight;
  ArrivalSpec arrivals;
  Priority priority = Priority::first_come;
  Batching batching = Batching::none;
  bool exact = false;                        ///< every decode position is simulated
  std::optional<double> sampling_tolerance;  ///< of interpolated decode times; not given: the timing's own
  std::string deployment;                    ///< name of the deployment that is timed; empty: the first analog one
};

}  // namespace aimc::sim
