#include "base/counts/counts.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check/error.h"

namespace aimc {
namespace {

TEST(Actions, EveryActionHasItsOwnNameAndAComponent) {
  std::set<std::string_view> names;
  ASSERT_EQ(all_actions().size(), static_cast<std::size_t>(action_count));
  for (const Action action : all_actions()) {
    EXPECT_TRUE(names.insert(name(action)).second) << name(action);
    EXPECT_FALSE(name(component_of(action)).empty());
  }
  EXPECT_EQ(name(Action::mvm), "mvm");
  EXPECT_EQ(name(Action::softmax), "softmax");
  EXPECT_EQ(name(Action::embedding_read_byte), "embedding_read_byte");
  EXPECT_EQ(component_of(Action::output_register), Component::crossbar_tile);
  EXPECT_EQ(component_of(Action::sample), Component::digital_unit);
  EXPECT_EQ(component_of(Action::attention_sram), Component::attention_unit);
  EXPECT_EQ(component_of(Action::chip_link_byte), Component::chip_link);
  EXPECT_EQ(component_of(Action::kv_read_byte), Component::dram);
}

TEST(Counts, OrderOfAddingAndMergingDoesNotMatter) {
  const CountKey a{.action = Action::mvm, .operator_id = 3, .phase = Phase::decode, .chip = 1};
  const CountKey b{.action = Action::mvm, .operator_id = 4, .phase = Phase::prefill, .chip = 0};
  const CountKey c{.action = Action::cell_read, .operator_id = 3, .phase = Phase::decode, .chip = 1};
  Counts left;
  left.add(a, 5);
  left.add(b, 2);
  Counts right;
  right.add(c, 1'000'000'000'000);
  right.add(a, 1);
  Counts merged = left;
  merged.merge(right);
  Counts direct;
  direct.add(c, 1'000'000'000'000);
  direct.add(a, 6);
  direct.add(b, 2);
  EXPECT_EQ(merged, direct);
  EXPECT_EQ(merged.total(Action::mvm), 8);
  EXPECT_EQ(merged.total(Action::cell_read), 1'000'000'000'000);
  EXPECT_EQ(merged.total(Action::affine), 0);
  EXPECT_EQ(merged.at(a), 6);
  merged.add(b, 1);
  EXPECT_NE(merged, direct);
}

TEST(Counts, ZeroLeavesNoEntryAndNegativeIsADefect) {
  Counts counts;
  counts.add({}, 0);
  EXPECT_TRUE(counts.entries().empty());
  EXPECT_EQ(counts.at({}), 0);
  EXPECT_THROW(counts.add({}, -1), InternalError);
}

TEST(Counts, MergingWithItselfDoubles) {
  Counts counts;
  counts.add({}, 21);
  counts.merge(counts);
  EXPECT_EQ(counts.at({}), 42);
}

}  // namespace
}  // namespace aimc
