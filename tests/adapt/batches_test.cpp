#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "base/check/error.h"
#include "sim/adapt/batches.h"
#include "sim/adapt/losses.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;

/// Sequence s holds the ids 10 s, 10 s + 1, ...
fs::path token_file(const std::vector<std::size_t>& lengths) {
  workloads::TokenSequences content{.vocabulary = 1000, .tokenizer = "", .origin = "{}", .sequences = {}};
  for (std::size_t s = 0; s < lengths.size(); ++s) {
    auto& ids = content.sequences.emplace_back();
    for (std::size_t i = 0; i < lengths[s]; ++i) ids.push_back(static_cast<std::uint32_t>(10 * s + i));
  }
  const fs::path file = fs::path(::testing::TempDir()) /
                        (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".tokens");
  workloads::write_token_file(file, content);
  return file;
}

DataSpec packed(const fs::path& file, std::int64_t sequences) {
  DataSpec spec;
  spec.tokens = file;
  spec.sequences = sequences;
  spec.held_out = 0;
  return spec;
}

TEST(Batches, AnEpochTakesEverySequenceOnceInANewOrder) {
  const fs::path file = token_file(std::vector<std::size_t>(12, 5));
  const workloads::TokenFile tokens(file);
  Batches batches(tokens, packed(file, 4), 8, 1);
  std::vector<std::vector<std::int64_t>> epochs(2);
  for (int step = 0; step < 6; ++step) {
    const Batch batch = batches.of_step(step);
    ASSERT_EQ(batch.ids.sizes(), (at::IntArrayRef{4, 5}));
    for (int row = 0; row < 4; ++row)
      epochs[static_cast<std::size_t>(step / 3)].push_back(batch.ids[row][0].item<std::int64_t>());
  }
  for (const auto& epoch : epochs) EXPECT_EQ(std::set(epoch.begin(), epoch.end()).size(), 12U);
  EXPECT_NE(epochs[0], epochs[1]);
}

TEST(Batches, AreAFunctionOfTheStepAlone) {
  const fs::path file = token_file(std::vector<std::size_t>(10, 6));
  const workloads::TokenFile tokens(file);
  Batches onwards(tokens, packed(file, 3), 8, 1), resumed(tokens, packed(file, 3), 8, 1);
  at::Tensor fifth;
  for (int step = 0; step <= 5; ++step) fifth = onwards.of_step(step).ids;
  EXPECT_TRUE(at::equal(fifth, resumed.of_step(5).ids));
}

TEST(Batches, TheProbeStaysWhateverTheStep) {
  const fs::path file = token_file(std::vector<std::size_t>(10, 6));
  const workloads::TokenFile tokens(file);
  Batches batches(tokens, packed(file, 3), 8, 1);
  const at::Tensor before = batches.probe().ids;
  ASSERT_EQ(before.sizes(), (at::IntArrayRef{1, 6}));
  std::ignore = batches.of_step(7);
  EXPECT_TRUE(at::equal(batches.probe().ids, before));
  EXPECT_EQ(batches.probe().scored, 5);
}

TEST(Batches, TargetsAreTheNextTokens) {
  const fs::path file = token_file({5, 5});
  const workloads::TokenFile tokens(file);
  const Batch batch = Batches(tokens, packed(file, 2), 8, 1).of_step(0);
  EXPECT_TRUE(at::equal(batch.targets.narrow(1, 0, 4), batch.ids.narrow(1, 1, 4)));
  EXPECT_TRUE(at::equal(batch.targets.select(1, 4), at::full({2}, no_target, at::kLong)));
  EXPECT_EQ(batch.scored, 8);
}

TEST(Batches, SequencesAreCutAndSomeHeldOut) {
  const fs::path file = token_file(std::vector<std::size_t>(5, 8));
  const workloads::TokenFile tokens(file);
  DataSpec spec = packed(file, 2);
  spec.sequence_length = 4;
  spec.held_out = 0.2;  // 2 of the 10 pieces
  Batches batches(tokens, spec, 8, 1);
  EXPECT_EQ(batches.training_sequences(), 8);
  const auto held_out = batches.held_out(10);
  ASSERT_EQ(held_out.size(), 1U);
  EXPECT_EQ(held_out[0].ids[0][0].item<std::int64_t>(), 40);
  for (int step = 0; step < 8; ++step) EXPECT_LT(batches.of_step(step).ids.max().item<std::int64_t>(), 40);
}

TEST(Batches, DocumentsOfSimilarLengthFillAStep) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 40; ++i) lengths.push_back(3 + i % 20);
  const fs::path file = token_file(lengths);
  const workloads::TokenFile tokens(file);
  DataSpec spec = packed(file, 1);
  spec.batching = Batching::documents;
  spec.tokens_per_step = 60;
  Batches batches(tokens, spec, 100, 1);
  std::multiset<std::int64_t> seen;
  for (int step = 0; std::ssize(seen) < 40; ++step) {
    const Batch batch = batches.of_step(step);
    EXPECT_LE(batch.ids.size(0) * (batch.ids.size(1) + 1), 60 + batch.ids.size(1) + 1);
    for (std::int64_t row = 0; row < batch.ids.size(0); ++row) seen.insert(batch.ids[row][0].item<std::int64_t>());
  }
  EXPECT_EQ(std::ssize(seen), 40);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 40U);
}

TEST(Batches, FilesThatDoNotFitAreRefused) {
  const fs::path file = token_file({5, 5});
  const workloads::TokenFile tokens(file);
  EXPECT_THROW(Batches(tokens, packed(file, 3), 8, 1), InputError);  // a step takes three
  EXPECT_THROW(Batches(tokens, packed(file, 1), 4, 1), InputError);  // longer than the context
  const fs::path uneven = token_file({5, 6});
  const workloads::TokenFile others(uneven);
  EXPECT_THROW(Batches(others, packed(uneven, 1), 8, 1), InputError);
}

}  // namespace
}  // namespace aimc::adapt
