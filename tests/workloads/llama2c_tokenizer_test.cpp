#include <gmock/gmock.h>

#include <random>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/text/pair_merge.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Ids = std::vector<TokenId>;

const std::filesystem::path tok512 = AIMC_SOURCE_DIR "/../shared/data/models/stories260K/tok512.bin";

// Ids made by running the independent oracle (a numpy program that rescans after every merge), BOS taken off.
TEST(Llama2cTokenizer, EncodesAsTheOracle) {
  if (!std::filesystem::exists(tok512)) GTEST_SKIP() << tok512 << " is not here; it is not shipped with the project";
  const auto tokenizer = open_llama2c_tokenizer(tok512, 512);
  const std::vector<std::pair<std::string, Ids>> expected = {
      {"Once upon a time", {403, 407, 261, 378}},
      {"a", {261}},
      {" ", {410, 410}},
      {"", {}},
      {"  two  spaces", {410, 410, 259, 424, 414, 410, 262, 427, 412, 331, 419}},
      {"Lily's \"ball\"\n\nIt fell.", {317, 439, 419, 313, 430, 388, 436, 13, 13, 442, 413, 272, 411, 306, 426}},
      {"Äpfel 🦙", {410, 198, 135, 427, 431, 411, 421, 410, 243, 162, 169, 156}},
      {std::string("naïve\tcafé\0\x7f", 14), {297, 412, 198, 178, 360, 12, 429, 412, 431, 485, 3, 130}},
      {"zzzzqqqq 12345", {410, 451, 451, 451, 451, 456, 456, 456, 456, 410, 475, 479, 472, 484, 480}}};
  for (const auto& [text, ids] : expected) {
    EXPECT_EQ(tokenizer->encode(text), ids) << text;
    EXPECT_EQ(tokenizer->decode(ids), text);
  }
  EXPECT_EQ(tokenizer->vocabulary(), 512);
  EXPECT_EQ(tokenizer->bos(), 1);
  EXPECT_EQ(tokenizer->eos(), 2);
}

TEST(Llama2cTokenizer, ContinuationAddsNoSpaceAndKeepsEvery) {
  if (!std::filesystem::exists(tok512)) GTEST_SKIP() << tok512 << " is not here; it is not shipped with the project";
  const auto tokenizer = open_llama2c_tokenizer(tok512, 512);
  Ids ids = tokenizer->encode("Once upon");
  const Ids more = tokenizer->encode_continuation(" a time");
  EXPECT_EQ(more, (Ids{261, 378}));
  ids.insert(ids.end(), more.begin(), more.end());
  EXPECT_EQ(ids, tokenizer->encode("Once upon a time"));
  EXPECT_EQ(tokenizer->decode_continuation(ids), " Once upon a time");
  EXPECT_EQ(tokenizer->decode(std::vector<TokenId>{-5, 512, 261}), " a");  // ids without a token give nothing
}

TEST(Llama2cTokenizer, InvalidUtf8GoesThroughAsBytes) {
  if (!std::filesystem::exists(tok512)) GTEST_SKIP() << tok512 << " is not here; it is not shipped with the project";
  const auto tokenizer = open_llama2c_tokenizer(tok512, 512);
  std::string text;
  for (int byte = 255; byte >= 0; --byte) text += static_cast<char>(byte);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
}

/// A tokenizer file of the smallest vocabulary, with one merge.
std::string tiny_file() {
  std::string bytes("\x08\0\0\0", 4);
  const auto add = [&](float score, const std::string& piece) {
    const auto length = static_cast<std::int32_t>(piece.size());
    bytes.append(reinterpret_cast<const char*>(&score), 4)
        .append(reinterpret_cast<const char*>(&length), 4)
        .append(piece);
  };
  for (const char* piece : {"<unk>", "\n<s>\n", "\n</s>\n"}) add(0, piece);
  for (int byte = 0; byte < 256; ++byte) add(0, fmt::format("<0x{:02X}>", byte));
  add(-1, " ");
  add(-2, "a");
  add(-3, "aa");
  return bytes;
}

TEST(Llama2cTokenizer, LeftmostOfEqualScoresMergesFirst) {
  const TemporaryDirectory directory;
  const auto tokenizer = open_llama2c_tokenizer(directory.write("t.bin", tiny_file()), 262);
  EXPECT_EQ(tokenizer->encode("aaa"), (Ids{259, 261, 260}));
}

TEST(Llama2cTokenizer, DamagedFilesAreRefused) {
  const TemporaryDirectory directory;
  const std::string whole = tiny_file();
  const auto message = [&](const std::string& bytes, std::int64_t vocabulary) {
    return message_of<InputError>([&] { (void)open_llama2c_tokenizer(directory.write("t.bin", bytes), vocabulary); });
  };
  for (std::size_t size = 0; size < whole.size(); size += 37)
    EXPECT_THAT(message(whole.substr(0, size), 262), AllOf(HasSubstr("t.bin"), HasSubstr("truncated"))) << size;
  EXPECT_THAT(message(whole, 261), HasSubstr("follow the last"));
  EXPECT_THAT(message(whole, 263), HasSubstr("token 262"));
  std::string bytes = whole;
  bytes[4 + 8 + 5 + 4] = '\xff', bytes[4 + 8 + 5 + 7] = '\xff';  // the length of token 1
  EXPECT_THAT(message(bytes, 262), HasSubstr("token 1: its length is -"));
  bytes = whole;
  bytes.replace(bytes.find("<0x41>"), 6, "<0x4A>");
  EXPECT_THAT(message(bytes, 262), HasSubstr("<0x41>"));
}

// The queue must give what the plain definition gives: rescan, take the best, leftmost first.
TEST(PairMerge, EqualsRescanningAfterEveryMerge) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::map<std::pair<TokenId, TokenId>, PairMerge> rules;
    for (TokenId merged = 4; merged < 30; ++merged) {
      const auto part = [&] { return static_cast<TokenId>(random() % static_cast<unsigned>(merged)); };
      rules[{part(), part()}] = {static_cast<double>(random() % 9), merged};
    }
    const auto find = [&](TokenId left, TokenId right) -> std::optional<PairMerge> {
      const auto found = rules.find({left, right});
      return found == rules.end() ? std::nullopt : std::optional(found->second);
    };
    Ids ids;
    for (int i = 0; i < 40; ++i) ids.push_back(static_cast<TokenId>(random() % 4));
    Ids plain = ids;
    while (true) {
      std::optional<PairMerge> best;
      std::size_t at = 0;
      for (std::size_t i = 0; i + 1 < plain.size(); ++i)
        if (const auto merge = find(plain[i], plain[i + 1]); merge && (!best || merge->priority < best->priority))
          best = merge, at = i;
      if (!best) break;
      plain[at] = best->merged;
      plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    merge_pairs(ids, find);
    ASSERT_EQ(ids, plain) << "round " << round;
  }
}

}  // namespace
}  // namespace aimc::workloads
