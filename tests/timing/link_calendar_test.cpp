#include "interconnect/sc/link_calendar.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace aimc::interconnect {
namespace {

TEST(LinkCalendar, ServesOneAfterTheOther) {
  LinkCalendar link;
  EXPECT_EQ(link.reserve(Time(10), Time(5), Time(0)), Time(10));
  EXPECT_EQ(link.reserve(Time(10), Time(5), Time(0)), Time(15));
  EXPECT_EQ(link.reserve(Time(12), Time(5), Time(0)), Time(20));
  EXPECT_EQ(link.reserved(), Time(15));
}

TEST(LinkCalendar, UsesAGapThatIsLongEnough) {
  LinkCalendar link;
  EXPECT_EQ(link.reserve(Time(100), Time(10), Time(0)), Time(100));
  EXPECT_EQ(link.reserve(Time(0), Time(50), Time(0)), Time(0));
  EXPECT_EQ(link.reserve(Time(0), Time(51), Time(0)), Time(110));  // the gap is 50 long
  EXPECT_EQ(link.reserve(Time(0), Time(50), Time(0)), Time(50));
}

// Against a plain array of picoseconds.
class LinkCalendarOf : public testing::TestWithParam<int> {};  // shortest span asked for

TEST_P(LinkCalendarOf, NeverOverlapsAndAlwaysTakesTheFirstFreeSpan) {
  const int shortest = GetParam();
  LinkCalendar link;
  std::vector<bool> taken(10000);
  std::mt19937 random(11);
  std::int64_t now = 0, reserved = 0;
  for (int i = 0; i < 300; ++i) {
    now += random() % 4;
    const std::int64_t earliest = now + random() % 60, length = shortest + random() % 9;
    std::int64_t expected = earliest;
    for (std::int64_t t = earliest; t < expected + length; ++t) {
      if (taken[t]) expected = t + 1;
    }
    const std::int64_t begin = link.reserve(Time(earliest), Time(length), Time(now), Time(shortest)).picoseconds();
    ASSERT_EQ(begin, expected);
    reserved += length;
    for (std::int64_t t = begin; t < begin + length; ++t) {
      ASSERT_FALSE(taken[t]);
      taken[t] = true;
    }
  }
  EXPECT_EQ(link.reserved().picoseconds(), reserved);
  EXPECT_EQ(reserved, std::count(taken.begin(), taken.end(), true));
}

INSTANTIATE_TEST_SUITE_P(Shortest, LinkCalendarOf, testing::Values(1, 4, 11));

}  // namespace
}  // namespace aimc::interconnect
