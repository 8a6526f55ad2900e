#include <gtest/gtest.h>

#include <array>

#include "base/check/error.h"
#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

/// embed - quantize - MVM - attention - sample.
HandMade attending() {
  HandMade made;
  const StepId sums = made.mvm(0, made.vector(VectorOperation::quantize, 1, {made.embed()}));
  made.sample(3, {made.attention(0, {sums})});
  return made;
}

/// One token of attending() on idle units: 256 bytes of KV a position, 10 GB/s.
Time alone(std::int64_t positions) {
  const double attention = 50 + 25.6 * static_cast<double>(positions + 1) + 30;
  return ns(62.8 + 10 + 5 + 10 + 102 + 2 + 10 + attention + 10 + 20);
}

/// embed - digital product - sample.
HandMade multiplying() {
  HandMade made;
  made.sample(3, {made.matmul(1, made.embed())});
  return made;
}

std::vector<Time> since_arrival(const RequestTiming& request) {
  std::vector<Time> times;
  for (const Time at : request.token_times) times.push_back(at - request.arrival);
  return times;
}

InferenceWorkload requests(std::vector<Request> list, std::int64_t max_in_flight = 0,
                           Priority priority = Priority::first_come, Batching batching = Batching::none) {
  return {std::move(list), max_in_flight, priority, batching};
}

TEST(Requests, IdenticalRequestsThatDoNotMeetGetIdenticalTimes) {
  const Request request{Time{}, 0, 3, 4};
  Request later = request;
  later.arrival = ns(100000);
  const TimingResult result = simulate_timing(attending().program, requests({request, later}));
  EXPECT_EQ(since_arrival(result.requests[0]), since_arrival(result.requests[1]));
  EXPECT_EQ(result.requests[1].started, later.arrival);
  EXPECT_EQ(result.requests[0].token_times, result.token_times);
  EXPECT_EQ(result.elapsed, result.requests[1].token_times.back());
}

TEST(Requests, ContextIsSeenButNotComputed) {
  const TimingResult result = simulate_timing(attending().program, requests({{ns(500), 40, 1, 2}}));
  EXPECT_EQ(result.time_to_first_token(), alone(41));
  EXPECT_EQ(result.time_per_output_token(), alone(42));
  EXPECT_EQ(result.mvms, 2);
  EXPECT_EQ(result.first_token.total(), alone(41));
}

TEST(Requests, AFullHouseLetsTheNextOneWait) {
  const Request request{Time{}, 0, 1, 2};
  const TimingResult result = simulate_timing(attending().program, requests({request, request, request}, 1));
  const Time each = alone(1) + alone(2);
  for (std::int64_t i = 0; i < 3; ++i) {
    const RequestTiming& seen = result.requests[static_cast<std::size_t>(i)];
    EXPECT_EQ(seen.started, each * i);
    EXPECT_EQ(seen.time_to_first_token(), each * i + alone(1));  // waiting for admission included
    EXPECT_EQ(seen.time_per_output_token(), alone(2));
  }
}

TEST(Requests, RequestsInFlightShareTheUnits) {
  const Request request{Time{}, 0, 1, 9};
  const TimingResult one = simulate_timing(attending().program, requests({request, request, request, request}));
  Time serial;
  for (std::int64_t position = 1; position <= 9; ++position) serial += 4 * alone(position);
  EXPECT_LT(one.elapsed, Time(serial.picoseconds() * 3 / 4));
  EXPECT_GT(one.elapsed, Time(serial.picoseconds() / 4));
  EXPECT_EQ(one.mvms, 4 * 9);
}

// While the units of a hundred prompt tokens are busy, a decode pass goes past them or waits its turn.
class PriorityTest : public ::testing::Test {
 protected:
  TimingResult run(Priority priority) {
    HandMade made = attending();
    made.program.hardware.digital.quantize.latency = ns(200);
    return simulate_timing(made.program, requests({{Time{}, 0, 1, 4}, {ns(250), 0, 100, 2}}, 0, priority));
  }
};
TEST_F(PriorityTest, FirstComeLetsDecodeWaitForThePrompt) {
  const TimingResult result = run(Priority::first_come);
  EXPECT_GT(result.time_per_output_token(), ns(5000));
}
TEST_F(PriorityTest, DecodeFirstGoesPastThePrompt) {
  const TimingResult result = run(Priority::decode_first);
  EXPECT_LT(result.time_per_output_token(), ns(1500));
  EXPECT_GT(result.requests[1].time_to_first_token(), ns(100 * 200));
}

TEST(Requests, APromptStreamsWeightsOnce) {
  const TimingResult result = simulate_timing(multiplying().program, InferenceWorkload::single(4, 1));
  // Four rows one after the other; 4 x 4096 MACs at 64 a cycle, as the 2048 bytes come in 50 + 204.8 ns.
  EXPECT_EQ(result.elapsed, ns(4 * 62.8 + 10 + 256 + 10 + 20));
  EXPECT_EQ(result.counts.total(Action::weight_read_byte), 2048);
  EXPECT_EQ(result.counts.total(Action::digital_mac), 4 * 4096);
  EXPECT_EQ(result.first_token.total(), result.elapsed);
}

TEST(Requests, DecodeTokensOfDifferentRequestsStreamForThemselves) {
  const Request request{Time{}, 0, 1, 3};
  const TimingResult result = simulate_timing(multiplying().program, requests({request, request}));
  EXPECT_EQ(result.counts.total(Action::weight_read_byte), 6 * 2048);
}

TEST(Requests, AnIterationStreamsWeightsOnceForAllItsTokens) {
  const Request request{Time{}, 0, 1, 3};
  const TimingResult result = simulate_timing(
      multiplying().program, requests({request, request}, 0, Priority::first_come, Batching::iteration));
  EXPECT_EQ(result.counts.total(Action::weight_read_byte), 3 * 2048);
  EXPECT_EQ(result.counts.total(Action::digital_mac), 6 * 4096);
  // Two rows, one product, two samples: the iteration ends with the later one.
  const Time iteration = ns(2 * 62.8 + 10 + 254.8 + 10 + 2 * 20);
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.requests[1].token_times[static_cast<std::size_t>(i)], iteration * (i + 1));
  }
  EXPECT_EQ(result.first_token.total(), result.time_to_first_token());
  EXPECT_EQ(result.decode.total(), result.token_times.back() - result.token_times.front());
}

// The one stream of a mixed iteration is decode's, whether the prompt's tokens come to the product first or last.
TEST(Requests, AMixedIterationStreamsForDecode) {
  const TimingResult result =
      simulate_timing(multiplying().program,
                      requests({{Time{}, 0, 1, 3}, {ns(1), 0, 5, 1}}, 0, Priority::first_come, Batching::iteration));
  std::array<std::int64_t, 2> bytes{};
  for (const auto& [key, times] : result.counts.entries()) {
    if (key.action == Action::weight_read_byte) bytes[static_cast<std::size_t>(key.phase)] += times;
  }
  EXPECT_EQ(bytes, (std::array<std::int64_t, 2>{2048, 2 * 2048}));
}

// Units with room for 5 tokens and two prompts of 3 that wait for their last token: one prompt after the other.
TEST(Requests, IterationsTakePromptsWhole) {
  HandMade made;
  const StepId codes = made.vector(VectorOperation::quantize, 1, {made.embed()});
  made.program.steps[codes].order = StepOrder::all_tokens;
  made.sample(3, {codes});
  made.program.hardware.digital.buffer_capacity = DataSize(5 * 4 * 64);
  const TimingResult result = simulate_timing(
      made.program, requests({{Time{}, 0, 3, 1}, {Time{}, 0, 3, 1}}, 0, Priority::first_come, Batching::iteration));
  EXPECT_EQ(result.requests[1].token_times[0], 2 * result.requests[0].token_times[0]);
}

TEST(Requests, ANewRequestJoinsAtTheNextIteration) {
  const TimingResult result =
      simulate_timing(multiplying().program,
                      requests({{Time{}, 0, 1, 3}, {ns(1), 0, 5, 2}}, 0, Priority::first_come, Batching::iteration));
  EXPECT_EQ(result.requests[1].started, result.requests[0].token_times[0]);
  EXPECT_EQ(result.counts.total(Action::weight_read_byte), 3 * 2048);
}

TEST(Requests, AStepForAllTokensWaitsForTheWholePrompt) {
  HandMade made;
  const StepId codes = made.vector(VectorOperation::quantize, 1, {made.embed()});
  made.program.steps[codes].order = StepOrder::all_tokens;
  made.sample(3, {codes});
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(3, 1), {.keep_intervals = true});
  EXPECT_EQ(result.elapsed, ns(3 * 62.8 + 10 + 3 * 5 + 10 + 20));
  for (const BusyInterval& interval : result.intervals) {
    if (interval.step != codes) continue;
    EXPECT_GE(interval.begin, ns(3 * 62.8 + 10));
  }
}

TEST(Requests, ResourcesOfThePathSumToTheSpan) {
  const TimingResult result =
      simulate_timing(attending().program, requests({{ns(7), 5, 8, 6}, {ns(7), 0, 30, 3}, {ns(300), 0, 4, 4}}));
  EXPECT_EQ(result.first_token_path.total(), result.time_to_first_token());
  EXPECT_EQ(result.decode_path.total(), result.token_times.back() - result.token_times.front());
  for (const PathResources* path : {&result.first_token_path, &result.decode_path}) {
    for (const ResourceTime& time : path->resources) {
      EXPECT_GE(time.service, Time{});
      EXPECT_GE(time.waiting, Time{});
      EXPECT_LE(time.bound, path->total() - time.service - time.waiting);
    }
  }
  EXPECT_FALSE(result.decode_path.most_waited.empty());
}

/// embed - quantize - MVM on one of two tiles - sample.
HandMade copied() {
  HandMade made;
  const StepId sums = made.mvm(0, made.vector(VectorOperation::quantize, 1, {made.embed()}));
  made.sample(3, {sums});
  Shard copy = made.program.shards.front();
  copy.id = 1;
  copy.replica = 1;
  copy.tile.index = 5;
  made.program.shards.push_back(copy);
  LinearPlacement placement;
  placement.linear = sums;
  placement.row_tiles = placement.column_tiles = {64};
  placement.shard_count = 1;
  placement.replicas = 2;
  made.program.linears.push_back(placement);
  return made;
}

TEST(Requests, TokensTakeTurnsAtTheCopiesOfALinear) {
  const TimingResult result =
      simulate_timing(copied().program, InferenceWorkload::single(40, 3), {.keep_intervals = true});
  // One array would set a pace of 100 ns; with two of them the embedding does, 62.8 ns a token.
  EXPECT_EQ(result.time_to_first_token(), ns(40 * 62.8 + 10 + 5 + 10 + 102 + 2 + 10 + 20));
  EXPECT_EQ(result.mvms, 42);
  std::int64_t on_copy = 0;
  for (const BusyInterval& interval : result.intervals) {
    if (interval.unit.component != Component::crossbar_tile) continue;
    EXPECT_EQ(interval.unit.index, interval.token % 2 == 0 ? 0U : 5U);
    on_copy += interval.unit.index == 5 ? 1 : 0;
  }
  EXPECT_EQ(on_copy, 21);
}

}  // namespace
}  // namespace aimc::sim
