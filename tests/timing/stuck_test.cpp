// What a run says that cannot go on: which steps of which tokens wait, on which unit, for what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using ::testing::HasSubstr;
using tiles::VectorOperation;

std::string message_of(const HandMade& made, std::int64_t prompt_tokens) {
  try {
    simulate_timing(made.program, InferenceWorkload::single(prompt_tokens, 1));
  } catch (const InternalError& error) {
    return error.what();
  }
  return "it ran";
}

// Two steps that read each other's results; validate() would refuse such a program.
TEST(Stuck, StepsThatWaitForEachOtherAreNamed) {
  HandMade made;
  const StepId first = made.vector(VectorOperation::add, 1, {made.embed()});
  const StepId second = made.vector(VectorOperation::rope, 2, {first});
  made.program.steps[first].inputs.push_back({second, 64, 16});
  made.sample(3, {second});
  const std::string message = message_of(made, 2);
  EXPECT_THAT(message, HasSubstr("request 0 token 0: vector_operation 1 (step 1) on digital_unit 1 of chip 0"));
  EXPECT_THAT(message, HasSubstr("vector_operation 2 on digital_unit 2"));
  EXPECT_THAT(message, HasSubstr("token 1"));
}

// A sum in the network whose second packet never comes: its array reads the sum.
TEST(Stuck, ASumInTheNetworkNamesTheArraysItWaitsFor) {
  HandMade made;
  made.program.hardware.network.topology = interconnect::Topology::mesh;
  const StepId codes = made.embed();
  const StepId first = made.mvm(4, codes, 0), second = made.mvm(9, codes, 64);
  const StepId sum = made.accumulate(4, {first, second});
  made.program.steps[sum].reduction = interconnect::Reduction::in_network;
  made.program.steps[second].inputs = {{sum, 64, 16}};
  made.sample(1, {sum});
  EXPECT_THAT(message_of(made, 1),
              HasSubstr("request 0 token 0: accumulate 3 (step 3) on crossbar_tile 4 of chip 0 lacks 1 of: "
                        "mvm 1 on crossbar_tile 4 of chip 0, mvm 2 on crossbar_tile 9 of chip 0"));
}

// Nothing waits for ever where everything comes: the same program with both arrays at work.
TEST(Stuck, TheSameSumRunsWhenAllComes) {
  HandMade made;
  made.program.hardware.network.topology = interconnect::Topology::mesh;
  const StepId codes = made.embed();
  const StepId sum = made.accumulate(4, {made.mvm(4, codes, 0), made.mvm(9, codes, 64)});
  made.program.steps[sum].reduction = interconnect::Reduction::in_network;
  made.sample(1, {sum});
  EXPECT_EQ(message_of(made, 3), "it ran");
}

}  // namespace
}  // namespace aimc::sim
