// The keys of `workload`: what they stand for, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/check/error.h"
#include "sim/experiment/make_workload.h"
#include "sim/experiment/workload_schema.h"
#include "tests/cli/program.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Parsed {
  WorkloadSpec spec;
  std::string errors;
};

// The section as parse_experiment reads it.
Parsed parse(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const config::Node root = config::parse_yaml(yaml, "experiment.yaml", diagnostics);
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  Parsed parsed;
  workload_schema().parse(root, "workload", parsed.spec, context);
  resolve_workload(root, parsed.spec, diagnostics);
  for (const auto& message : diagnostics.messages()) parsed.errors += message + "\n";
  return parsed;
}

std::vector<double> seconds_of(const InferenceWorkload& workload) {
  std::vector<double> seconds;
  for (const auto& request : workload.requests) seconds.push_back(request.arrival.seconds());
  return seconds;
}

InferenceWorkload workload_of(const std::string& yaml, std::uint64_t seed = 1) {
  const Parsed parsed = parse(yaml);
  EXPECT_THAT(parsed.errors, IsEmpty()) << yaml;
  return make_workload(parsed.spec, parsed.spec.prompt_tokens, RandomKey(seed));
}

TEST(WorkloadKeys, NothingSaidIsOneRequestAtTimeZero) {
  const auto workload = workload_of("{prompt_tokens: 5, new_tokens: 3}");
  ASSERT_EQ(workload.requests.size(), 1U);
  EXPECT_EQ(workload.requests[0].prompt_tokens, 5);
  EXPECT_EQ(workload.requests[0].new_tokens, 3);
  EXPECT_EQ(workload.requests[0].arrival, Time{});
  EXPECT_EQ(workload.max_in_flight, 0);
}

TEST(WorkloadKeys, SequencesAreRequestsThatStayInFlight) {
  const auto four = workload_of("{sequences: 4}");
  EXPECT_EQ(four.requests.size(), 4U);
  EXPECT_EQ(four.max_in_flight, 4);
  const auto more = workload_of("{sequences: 4, requests: 10, context_tokens: 7}");
  EXPECT_EQ(more.requests.size(), 10U);
  EXPECT_EQ(more.max_in_flight, 4);
  EXPECT_EQ(more.requests[9].context_tokens, 7);
}

TEST(WorkloadKeys, FixedRateIsEven) {
  EXPECT_EQ(seconds_of(workload_of("{requests: 4, arrivals: {kind: fixed_rate, rate: 100 /s}}")),
            (std::vector<double>{0, 0.01, 0.02, 0.03}));
  EXPECT_EQ(seconds_of(workload_of("{requests: 2, arrivals: {kind: fixed_rate, rate: 2 kHz}}")),
            (std::vector<double>{0, 0.0005}));
}

// Gaps of a Poisson process: mean 1/rate, and a share of 1 - 1/e below it.
TEST(WorkloadKeys, PoissonGapsAreExponential) {
  const auto workload = workload_of("{requests: 20000, arrivals: {kind: poisson, rate: 1000 /s}}");
  const auto times = seconds_of(workload);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_NEAR(times.back() / 19999, 1e-3, 3e-5);
  std::int64_t short_gaps = 0;
  for (std::size_t i = 1; i < times.size(); ++i) short_gaps += times[i] - times[i - 1] < 1e-3 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(short_gaps) / 19999, 0.632, 0.015);
}

TEST(WorkloadKeys, PoissonFollowsTheSeed) {
  const char* yaml = "{requests: 5, arrivals: {kind: poisson, rate: 10 /s}}";
  EXPECT_EQ(seconds_of(workload_of(yaml, 7)), seconds_of(workload_of(yaml, 7)));
  EXPECT_NE(seconds_of(workload_of(yaml, 7)), seconds_of(workload_of(yaml, 8)));
}

class Trace : public testing::Test {
 protected:
  Parsed read(const std::string& csv) {
    const auto file = folder_.write("trace.csv", csv);
    return parse("{arrivals: {kind: trace, trace: " + file.string() + "}}");
  }
  test::ScratchFolder folder_;
};

TEST_F(Trace, RowsAreRequests) {
  const Parsed parsed = read("arrival_s, prompt_tokens, new_tokens\r\n0,5,2\n0.5, 7, 3\n\n0.5,1,1\n");
  EXPECT_THAT(parsed.errors, IsEmpty());
  const auto requests = make_requests(parsed.spec, 99, RandomKey(1));
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].arrival, Time::from_seconds(0.5));
  EXPECT_EQ(requests[1].prompt_tokens, 7);
  EXPECT_EQ(requests[1].new_tokens, 3);
}

TEST_F(Trace, EveryMistakeIsNamedWithItsLine) {
  const std::string header = "arrival_s,prompt_tokens,new_tokens\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {header + "0,1,1\n-0.5,1,1\n", "trace.csv:3"},  // negative
      {header + "2,1,1\n1,1,1\n", "trace.csv:3"},     // not ascending
      {header + "0,1,1\nsoon,1,1\n", "'soon'"},       // no number
      {header + "nan,1,1\n", "'nan'"},                //
      {header + "1e300,1,1\n", "trace.csv:2"},        // beyond what time can hold
      {header + "0,0,1\n", "prompt_tokens is '0'"},   //
      {header + "0,1,1.5\n", "new_tokens is '1.5'"},  //
      {header + "0,1\n", "2 cells"},                  //
      {header, "at least one request"},               //
      {"", "header"},                                 //
      {"0,1,1\n", "header"}};
  for (const auto& [csv, expected] : cases) EXPECT_THAT(read(csv).errors, HasSubstr(expected)) << csv;
  const Parsed two = read(header + "-1,1,1\n0,x,1\n");
  EXPECT_THAT(two.errors, testing::AllOf(HasSubstr("trace.csv:2"), HasSubstr("trace.csv:3")));
}

TEST(WorkloadKeys, KeysThatContradictOrDoNothingAreRefused) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"{arrivals: {kind: poisson}}", "workload.arrivals.rate"},
      {"{arrivals: {rate: 10 /s}}", "workload.arrivals.rate"},
      {"{arrivals: {kind: trace}}", "workload.arrivals.trace"},
      {"{arrivals: {trace: some.csv}}", "workload.arrivals.trace"},
      {"{arrivals: {kind: trace, trace: nowhere.csv}}", "nowhere.csv"},
      {"{arrivals: {kind: trace, trace: some.csv}, prompt_tokens: 4}", "workload.prompt_tokens"},
      {"{arrivals: {kind: trace, trace: some.csv}, requests: 4}", "workload.requests"},
      {"{sequences: 4, max_in_flight: 2}", "workload.max_in_flight"},
      {"{sequences: 4, requests: 2}", "workload.sequences"},
      {"{sequences: 4, arrivals: {kind: poisson, rate: 1 /s}}", "workload.sequences"},
      {"{exact: true, sampling_tolerance: 0.01}", "workload.sampling_tolerance"},
      {"{prompt: Once, prompt_tokens: 4}", "workload.prompt_tokens"},
      {"{requests: 0}", "workload.requests"},
      {"{requests: 1000, arrivals: {kind: fixed_rate, rate: 1e-6 /s}}", "workload.arrivals.rate"},
      {"{arrivals: {kind: fixed_rate, rate: 100}}", "workload.arrivals.rate"},
      {"{priority: fastest}", "decode_first"},
      {"{batching: always}", "iteration"}};
  for (const auto& [yaml, expected] : cases) EXPECT_THAT(parse(yaml).errors, HasSubstr(expected)) << yaml;
}

}  // namespace
}  // namespace aimc::sim
