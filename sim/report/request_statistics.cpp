#include "sim/report/request_statistics.h"

#include <algorithm>
#include <numeric>

namespace aimc::sim {
namespace {

double quantile_of(const std::vector<double>& sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Percentiles percentiles_of(std::vector<double> seconds) {
  if (seconds.empty()) return {};
  std::ranges::sort(seconds);
  const double sum = std::accumulate(seconds.begin(), seconds.end(), 0.0);
  return {sum / static_cast<double>(seconds.size()), quantile_of(seconds, 0.5), quantile_of(seconds, 0.9),
          quantile_of(seconds, 0.99)};
}

RequestStatistics request_statistics(const TimingResult& timing) {
  std::vector<double> first, output, gaps;
  double tokens = 0;
  for (const RequestTiming& request : timing.requests) {
    tokens += static_cast<double>(request.token_times.size());
    first.push_back(request.time_to_first_token().seconds());
    for (std::size_t i = 1; i < request.token_times.size(); ++i)
      gaps.push_back((request.token_times[i] - request.token_times[i - 1]).seconds());
    if (request.token_times.size() > 1) output.push_back(request.time_per_output_token().seconds());
  }
  RequestStatistics statistics;
  statistics.time_to_first_token = percentiles_of(std::move(first));
  statistics.time_per_output_token = percentiles_of(std::move(output));
  statistics.inter_token_latency = percentiles_of(std::move(gaps));
  statistics.tokens_per_s = tokens / timing.elapsed.seconds();
  return statistics;
}

}  // namespace aimc::sim
