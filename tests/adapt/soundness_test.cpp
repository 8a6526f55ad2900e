// When a loss is that of weights that training has broken.
#include "sim/adapt/soundness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/check/error.h"

namespace aimc::adapt {
namespace {

using testing::HasSubstr;

constexpr double guessing = 8;

TEST(BrokenLoss, IsFarAboveTheBest) {
  // Distillation from a good start: one more is the bound.
  EXPECT_FALSE(is_broken(1.1, 0.125, guessing));
  EXPECT_TRUE(is_broken(1.2, 0.125, guessing));
  // A language model that had learned a little: four times is the bound.
  EXPECT_FALSE(is_broken(3.9, 1, guessing));
  EXPECT_TRUE(is_broken(4.1, 1, guessing));
  // One that had learned less: half way back to guessing.
  EXPECT_FALSE(is_broken(5.2, 2.5, guessing));
  EXPECT_TRUE(is_broken(5.3, 2.5, guessing));
}

// Drawn weights may be worse than guessing, and no two texts alike: there is nothing yet to fall back from.
TEST(BrokenLoss, OfARunThatKnewNothingIsFourTimesTheFirst) {
  EXPECT_FALSE(is_broken(31, 8, guessing));
  EXPECT_TRUE(is_broken(33, 8, guessing));
  EXPECT_FALSE(is_broken(8.5, 7.9, guessing));
}

TEST(BrokenLoss, IsWhatIsNotFinite) {
  EXPECT_TRUE(is_broken(std::numeric_limits<double>::infinity(), 1, guessing));
  EXPECT_TRUE(is_broken(std::nan(""), 1, guessing));
}

TEST(Soundness, JudgesTheWeightsAndTheirAverage) {
  Progress progress;
  Soundness soundness(progress, 3000);
  soundness.see_step(0.2);
  soundness.see_step(0.1);  // of later steps nothing is taken: they are noisy
  EXPECT_EQ(progress.best_loss, 0.2);
  EXPECT_EQ(soundness.fault(1.1, 1.1), "");
  EXPECT_THAT(soundness.fault(1.3, 0.1), HasSubstr("1.3"));
  EXPECT_THAT(soundness.fault(0.1, 1.3), HasSubstr("best so far was 0.2"));
  EXPECT_THAT(soundness.fault(0.1, std::nan("")), HasSubstr("not finite"));
}

TEST(Soundness, KeepsTheBestOfWhatIsSaved) {
  Progress progress;
  Soundness soundness(progress, 3000);
  soundness.see_step(3);
  for (const double loss : {2.0, 1.5, 1.75}) soundness.saved(loss);
  EXPECT_EQ(progress.best_loss, 1.5);
}

TEST(Soundness, EndsARunThatIsBrokenThreeTimesInARow) {
  Progress progress;
  progress.step = 40;
  Soundness soundness(progress, 3000);
  soundness.not_saved("broken");
  soundness.not_saved("broken");
  EXPECT_EQ(soundness.last_saved(), "the beginning");
  soundness.saved(1);
  EXPECT_EQ(soundness.last_saved(), "step 40");
  progress.step = 70;
  soundness.not_saved("broken");
  soundness.not_saved("broken");
  try {
    soundness.not_saved("broken");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("at step 70"));
    EXPECT_THAT(error.what(), HasSubstr("the last checkpoint is of step 40"));
  }
}

}  // namespace
}  // namespace aimc::adapt
