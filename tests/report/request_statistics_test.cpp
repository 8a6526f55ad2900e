// Percentiles and rates of requests made by hand.
#include "sim/report/request_statistics.h"

#include <gtest/gtest.h>

namespace aimc::sim {
namespace {

// 1 to 11 s: the median is the sixth, 90 % of the way from rank 0 to rank 10 is rank 9.
TEST(RequestStatistics, PercentilesBetweenRanks) {
  std::vector<double> seconds{11, 2, 3, 1, 5, 4, 7, 6, 9, 8, 10};
  const Percentiles p = percentiles_of(seconds);
  EXPECT_DOUBLE_EQ(p.mean, 6);
  EXPECT_DOUBLE_EQ(p.p50, 6);
  EXPECT_DOUBLE_EQ(p.p90, 10);
  EXPECT_DOUBLE_EQ(p.p99, 10.9);
  EXPECT_DOUBLE_EQ(percentiles_of({3}).p99, 3);
  EXPECT_DOUBLE_EQ(percentiles_of({}).mean, 0);
}

RequestTiming request(std::int64_t arrival_s, const std::vector<std::int64_t>& tokens_s) {
  RequestTiming timing;
  timing.arrival = timing.started = Time::from_seconds(static_cast<double>(arrival_s));
  for (const std::int64_t s : tokens_s) timing.token_times.push_back(Time::from_seconds(static_cast<double>(s)));
  return timing;
}

// Arrivals at 0 and 10; first tokens after 4 and 2 s; gaps of 1, 3 and 2 s; five tokens in 14 s.
TEST(RequestStatistics, TimesCountFromArrivals) {
  TimingResult timing;
  timing.requests = {request(0, {4, 5, 8}), request(10, {12, 14})};
  timing.elapsed = Time::from_seconds(14);
  const RequestStatistics s = request_statistics(timing);
  EXPECT_DOUBLE_EQ(s.time_to_first_token.mean, 3);
  EXPECT_DOUBLE_EQ(s.time_per_output_token.mean, 2);
  EXPECT_DOUBLE_EQ(s.inter_token_latency.mean, 2);
  EXPECT_DOUBLE_EQ(s.inter_token_latency.p50, 2);
  EXPECT_DOUBLE_EQ(s.tokens_per_s, 5.0 / 14);
}

}  // namespace
}  // namespace aimc::sim
