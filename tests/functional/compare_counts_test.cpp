#include <gtest/gtest.h>

#include "base/counts/compare.h"

namespace aimc {
namespace {

TEST(CompareCounts, ChipsAreSummed) {
  Counts functional, timing;
  functional.add({Action::mvm, 4, Phase::decode, 0}, 10);
  timing.add({Action::mvm, 4, Phase::decode, 2}, 3);
  timing.add({Action::mvm, 4, Phase::decode, 5}, 7);
  EXPECT_TRUE(compare_counts(functional, timing).empty());
}

TEST(CompareCounts, NamesWhatDiffers) {
  Counts functional, timing;
  functional.add({Action::adc_conversion, 4, Phase::prefill, 0}, 10);
  timing.add({Action::adc_conversion, 4, Phase::prefill, 1}, 9);
  timing.add({Action::kv_read_byte, 7, Phase::decode, 1}, 5);
  const auto differences = compare_counts(functional, timing);
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0], (CountDifference{Action::adc_conversion, 4, Phase::prefill, 10, 9}));
  EXPECT_EQ(differences[1], (CountDifference{Action::kv_read_byte, 7, Phase::decode, 0, 5}));
}

TEST(CompareCounts, PhasesAreNotMixed) {
  Counts functional, timing;
  functional.add({Action::mvm, 1, Phase::prefill, 0}, 2);
  timing.add({Action::mvm, 1, Phase::decode, 0}, 2);
  EXPECT_EQ(compare_counts(functional, timing).size(), 2U);
}

TEST(CompareCounts, OnlyWhatBothCount) {
  Counts functional, timing;
  timing.add({Action::flit_hop, 1, Phase::prefill, 0}, 100);
  functional.add({Action::softmax, 1, Phase::prefill, 0}, 3);
  EXPECT_TRUE(compare_counts(functional, timing).empty());
}

}  // namespace
}  // namespace aimc
