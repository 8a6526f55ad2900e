// What the latency part says about a run made by hand.
#include "sim/report/latency_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "sim/report/time_attribution.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

Time us(std::int64_t microseconds) { return Time(microseconds * 1'000'000); }

// Ten us to the first token, six of them waiting for memory; then two decode passes of 5 us.
RunResult one_request() {
  RunResult r;
  r.cost.deployment = "chip";
  r.cost.workload = InferenceWorkload::single(4, 3);
  TimingResult& t = r.cost.timing;
  t.elapsed = us(20);
  t.requests = {{Time{}, Time{}, {us(10), us(15), us(20)}}};
  t.token_times = t.requests[0].token_times;
  t.first_token.analog_mvm = us(4), t.first_token.waiting = us(6);
  t.decode.analog_mvm = us(8), t.decode.network = us(2);
  t.first_token_path.resources = {{Resource::tile, us(4), Time{}, us(6)},
                                  {Resource::memory_channel, Time{}, us(6), us(4)}};
  t.decode_path.resources = {{Resource::tile, us(8), Time{}, us(2)}, {Resource::chip_network, us(2), Time{}, us(8)}};
  return r;
}

bool fits_a_terminal(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.size() > 80) return false;
  return true;
}

TEST(LatencyReport, SaysWhatWouldHelpMostFirst) {
  const auto help = by_help(one_request().cost.timing.first_token_path);
  ASSERT_EQ(help.size(), 2U);
  EXPECT_EQ(help[0].resource, Resource::memory_channel);  // 4 of 10 us are left, with infinitely fast tiles 6
  const std::string text = time_attribution(one_request().cost.timing);
  EXPECT_THAT(text, HasSubstr("memory channels (-60 %), tiles (-40 %)"));
  EXPECT_THAT(text, HasSubstr("tiles (-80 %), on-chip network (-20 %)"));  // of 10 us of decode
}

TEST(LatencyReport, DecodeIsPrintedPerPass) {
  const std::string text = latency_report(one_request());
  EXPECT_THAT(text, HasSubstr("4 prompt tokens, 3 new, one sequence"));
  EXPECT_THAT(text, HasSubstr("200000 tokens/s"));  // 5 us a token
  EXPECT_THAT(text, Not(HasSubstr("of all requests")));
  EXPECT_TRUE(fits_a_terminal(text)) << text;
}

TEST(LatencyReport, SeveralRequestsHavePercentiles) {
  RunResult r = one_request();
  r.cost.workload.requests.push_back(r.cost.workload.requests[0]);
  r.cost.timing.requests.push_back({us(5), us(6), {us(18), us(19), us(20)}});
  const std::string text = latency_report(r);
  EXPECT_THAT(text, HasSubstr("2 requests, 4 prompt tokens, 3 new"));
  EXPECT_THAT(text, HasSubstr("p99"));
  EXPECT_THAT(text, HasSubstr("300000 tokens/s"));  // 6 tokens in 20 us
  EXPECT_TRUE(fits_a_terminal(text)) << text;
}

TEST(LatencyReport, LargeNumbersFitATerminal) {
  RunResult r = one_request();
  r.cost.timing.sampling = {123456, 7654321, 0.000123};
  r.cost.timing.counts.add({Action::kv_read_byte, 0, Phase::decode, 0}, 123'456'789'012'345);
  r.cost.timing.counts.add({Action::kv_write_byte, 0, Phase::decode, 0}, 123'456'789'012);
  const std::string text = latency_report(r);
  EXPECT_THAT(text, HasSubstr("123456 of 7777777 tokens simulated"));
  EXPECT_TRUE(fits_a_terminal(text)) << text;
}

TEST(LatencyReport, RowsOfThePathAreTheResources) {
  EXPECT_EQ(critical_path_csv(one_request().cost.timing),
            "span,resource,service_ps,waiting_ps,bound_ps\n"
            "first_token,tiles,4000000,0,6000000\n"
            "first_token,memory channels,0,6000000,4000000\n"
            "decode_total,tiles,8000000,0,2000000\n"
            "decode_total,on-chip network,2000000,0,8000000\n");
}

}  // namespace
}  // namespace aimc::sim
