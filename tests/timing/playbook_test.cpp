#include "sim/timing/playbook.h"

#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using tiles::VectorOperation;

std::vector<Parcel> parcels_from(const Playbook& book, StepId step) {
  return {book.parcels.begin() + book.steps[step].parcels_begin, book.parcels.begin() + book.steps[step].parcels_end};
}

TEST(Playbook, ArraysOfOneTileThatTakeTheSameRowsShareAParcel) {
  HandMade made;
  const StepId codes = made.embed();
  const StepId a = made.mvm(3, codes), b = made.mvm(3, codes), c = made.mvm(4, codes);
  made.sample(1, {a, b, c});
  const Playbook book = make_playbook(made.program);
  const std::vector<Parcel> parcels = parcels_from(book, codes);
  ASSERT_EQ(parcels.size(), 2U);
  EXPECT_EQ(parcels[0].bits, 64 * 8);
  EXPECT_EQ(book.users_of(parcels[0]).size(), 2U);
  EXPECT_EQ(book.users_of(parcels[1]).size(), 1U);
}

TEST(Playbook, DifferentRowsTravelApart) {
  HandMade made;
  const StepId codes = made.embed();
  const StepId a = made.mvm(3, codes, 0), b = made.mvm(3, codes, 64);
  made.sample(1, {made.accumulate(3, {a, b})});
  EXPECT_EQ(parcels_from(make_playbook(made.program), codes).size(), 2U);
}

TEST(Playbook, PartsOfAnOutputForOneUnitTravelTogetherAndNeverMoreThanAllOfIt) {
  HandMade made;
  const StepId from = made.embed();
  const StepId half = made.vector(VectorOperation::rope, 2, {from});
  const StepId other_half = made.vector(VectorOperation::rope, 2, {from});
  made.program.steps[half].inputs[0].elements = 16;
  made.program.steps[other_half].inputs[0].elements = 32;
  const StepId all = made.vector(VectorOperation::add, 3, {from, from});
  made.sample(1, {half, other_half, all});
  const Playbook book = make_playbook(made.program);
  const std::vector<Parcel> parcels = parcels_from(book, from);
  ASSERT_EQ(parcels.size(), 2U);
  EXPECT_EQ(parcels[0].bits, (16 + 32) * 16);
  EXPECT_EQ(parcels[1].bits, 64 * 16);
  EXPECT_EQ(book.steps[all].needed, 1);  // both operands come in one parcel
}

TEST(Playbook, StepsOfOneUnitNeedNoPacket) {
  HandMade made;
  const StepId from = made.embed();
  const StepId near = made.vector(VectorOperation::add, 0, {from});
  made.sample(1, {near});
  const Playbook book = make_playbook(made.program);
  EXPECT_TRUE(parcels_from(book, from)[0].carriage == Carriage::local);
  EXPECT_FALSE(book.steps[from].leaves);
  EXPECT_TRUE(book.steps[near].leaves);
}

TEST(Playbook, AResultNobodyUsesIsADefect) {
  HandMade made;
  const StepId from = made.embed();
  made.vector(VectorOperation::add, 0, {from});
  made.sample(1, {from});
  EXPECT_THROW(make_playbook(made.program), InternalError);
}

}  // namespace
}  // namespace aimc::sim
