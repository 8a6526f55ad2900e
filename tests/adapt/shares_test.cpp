#include "sim/adapt/shares.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/adapt/losses.h"

namespace aimc::adapt {
namespace {

/// Sequence s holds the id s alone, three times.
Batch batch_of(std::int64_t sequences) {
  const at::Tensor ids = at::arange(sequences, at::kLong).reshape({sequences, 1}).repeat({1, 3});
  return {ids, ids + 100, 3 * sequences};
}

/// The sequences that all processes together compute, and the part that each belongs to.
std::map<std::int64_t, std::int64_t> parts_of_sequences(const Batch& batch, std::int64_t parts, std::int64_t pieces,
                                                        std::int64_t processes) {
  std::map<std::int64_t, std::int64_t> part_of;
  for (std::int64_t rank = 0; rank < processes; ++rank)
    for (const Share& share : shares_of(batch, parts, pieces, rank, processes)) {
      if (share.empty) continue;
      for (std::int64_t row = 0; row < share.batch.ids.size(0); ++row) {
        const auto sequence = share.batch.ids[row][0].item<std::int64_t>();
        EXPECT_EQ(share.batch.targets[row][0].item<std::int64_t>(), sequence + 100);
        EXPECT_TRUE(part_of.emplace(sequence, share.part).second) << "twice: " << sequence;
      }
      EXPECT_EQ(share.first_token, 3 * share.batch.ids[0][0].item<std::int64_t>());
    }
  return part_of;
}

TEST(Shares, WholePartsWhereTheProcessesCanShareThemOut) {
  EXPECT_EQ(least_pieces(4, 2), 1);
  EXPECT_EQ(least_pieces(4, 1), 1);
  EXPECT_EQ(least_pieces(1, 2), 2);
  EXPECT_EQ(least_pieces(3, 2), 2);
  EXPECT_EQ(least_pieces(4, 6), 3);
}

TEST(Shares, EverySequenceOnceAndInTheSamePartWhateverTheProcesses) {
  for (const std::int64_t sequences : {12, 13, 24}) {
    const Batch batch = batch_of(sequences);
    const auto alone = parts_of_sequences(batch, 4, 1, 1);
    EXPECT_EQ(std::ssize(alone), sequences);
    for (const std::int64_t processes : {2, 3, 4, 6, 8})
      for (const std::int64_t pieces : {least_pieces(4, processes), processes})
        EXPECT_EQ(parts_of_sequences(batch, 4, pieces, processes), alone) << sequences << " by " << processes;
  }
}

TEST(Shares, AsManyForEachProcess) {
  for (const std::int64_t rank : {0, 1, 2})
    EXPECT_EQ(shares_of(batch_of(12), 4, least_pieces(4, 3), rank, 3).size(), 4U) << rank;
}

TEST(Shares, TheSecondOfTwoProcessesTakesEveryOtherPart) {
  const std::vector<Share> shares = shares_of(batch_of(8), 4, 1, 1, 2);
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].part, 1);
  EXPECT_EQ(shares[1].part, 3);
  EXPECT_TRUE(at::equal(shares[1].batch.ids.select(1, 0), at::tensor({6, 7}, at::kLong)));
  EXPECT_EQ(shares[1].first_token, 18);
}

TEST(Shares, WithoutSequencesNothingIsScored) {
  const std::vector<Share> shares = shares_of(batch_of(1), 1, 2, 0, 2);
  ASSERT_EQ(shares.size(), 1U);
  EXPECT_TRUE(shares[0].empty);
  EXPECT_TRUE(at::equal(shares[0].batch.targets, at::full({1, 3}, no_target, at::kLong)));
}

}  // namespace
}  // namespace aimc::adapt
