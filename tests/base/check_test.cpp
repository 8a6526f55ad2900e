#include "base/check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "base/check/first_few.h"

namespace aimc {
namespace {

TEST(Check, PassesSilentlyAndEvaluatesOnce) {
  int evaluations = 0;
  AIMC_CHECK(++evaluations == 1, "never formatted {}", 1);
  EXPECT_EQ(evaluations, 1);
}

TEST(Check, FailureNamesConditionPlaceAndMessage) {
  try {
    AIMC_CHECK(1 + 1 == 3, "sum is {}", 2);
    FAIL() << "did not throw";
  } catch (const InternalError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("1 + 1 == 3"));
    EXPECT_THAT(error.what(), testing::HasSubstr("check_test.cpp"));
    EXPECT_THAT(error.what(), testing::HasSubstr("sum is 2"));
  }
}

TEST(Check, OfManyComplaintsTheFirstFewAreNamedAndTheOthersCounted) {
  const std::vector<std::string> complaints{"a", "b", "c", "d"};
  EXPECT_EQ(first_few(complaints, ", ", 4), "a, b, c, d");
  EXPECT_EQ(first_few(complaints, ", ", 3), "a, b, c, and 1 more");
  EXPECT_EQ(first_few({}), "");
}

TEST(Check, ExitCodes) {
  EXPECT_EQ(exit_code(ConfigError("")), 2);
  EXPECT_EQ(exit_code(InputError("")), 3);
  EXPECT_EQ(exit_code(OutputError("")), 4);
  EXPECT_EQ(exit_code(Interrupted()), 130);
  EXPECT_EQ(exit_code(InternalError("")), 70);
  EXPECT_EQ(exit_code(std::bad_alloc()), 71);
  EXPECT_EQ(exit_code(std::runtime_error("")), 70);
}

}  // namespace
}  // namespace aimc
