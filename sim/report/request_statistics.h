#pragma once
#include <vector>

#include "sim/timing/timing.h"

namespace aimc::sim {

/// Mean and percentiles of some times in seconds; all zero where there are none.
struct Percentiles {
  double mean = 0, p50 = 0, p90 = 0, p99 = 0;
};
/// Between the two nearest ranks linearly (method 7 of Hyndman and Fan, 1996).
[[nodiscard]] Percentiles percentiles_of(std::vector<double> seconds);

/// What the requests of a run saw, together.
struct RequestStatistics {
  Percentiles time_to_first_token;    ///< from arrival, waiting for admission and the pipeline's fill included
  Percentiles time_per_output_token;  ///< means of the requests with two tokens or more
  Percentiles inter_token_latency;    ///< every gap between two tokens of a request
  double tokens_per_s = 0;            ///< new tokens of all requests over the whole run
};
[[nodiscard]] RequestStatistics request_statistics(const TimingResult& timing);

}  // namespace aimc::sim
