#include "workloads/tokens/token_file.h"

#include <gmock/gmock.h>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/tokens/token_file_writer.h"

namespace aimc::workloads {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Ids = std::vector<std::uint32_t>;

std::string bytes_of(const std::filesystem::path& path) {
  const MappedFile file(path);
  return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

/// A file as README.md describes it, put together by hand.
std::string file_of(std::string header, const std::string& data) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string bytes = "AIMCTOK1";
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

const std::string equal_header =
    R"({"vocabulary":300,"tokenizer":"","sequences":2,"tokens":4,"length":2,"origin":"{}"})";
const std::string table_header = R"({"vocabulary":300,"tokenizer":"","sequences":2,"tokens":3,"origin":"{}"})";
using namespace std::string_literals;
const std::string four_ids = "\x01\x00\x2b\x01\x02\x00\x03\x00"s;  // 1 299 2 3
const std::string lengths_1_2 = "\x01\x00\x00\x00\x02\x00\x00\x00"s;
const std::string three_ids = "\x07\x00\x08\x00\x09\x00"s;

std::string open_message(const std::string& bytes) {
  const TemporaryDirectory directory;
  const auto path = directory.write("bad.tokens", bytes);
  std::string message = message_of<InputError>([&] {
    const TokenFile file(path);
    for (std::int64_t i = 0; i < file.info().sequences; ++i) (void)file.sequence(i);
  });
  EXPECT_THAT(message, HasSubstr("bad.tokens"));
  return message;
}

TEST(TokenFile, ReadsTheDocumentedLayout) {
  const TemporaryDirectory directory;
  const TokenFile equal(directory.write("equal.tokens", file_of(equal_header, four_ids)));
  EXPECT_EQ(equal.info().vocabulary, 300);
  EXPECT_EQ(equal.info().tokens, 4);
  EXPECT_EQ(equal.info().origin, "{}");
  EXPECT_EQ(equal.length(1), 2);
  EXPECT_THAT(equal.sequence(0), ElementsAre(1, 299));
  EXPECT_THAT(equal.sequence(1), ElementsAre(2, 3));
  const TokenFile table(directory.write("table.tokens", file_of(table_header, lengths_1_2 + three_ids)));
  EXPECT_EQ(table.length(0), 1);
  EXPECT_EQ(table.length(1), 2);
  Ids last(1);
  table.read(1, 1, last);
  EXPECT_THAT(last, ElementsAre(9));
}

TEST(TokenFile, WhatIsWrittenIsRead) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "a.tokens";
  for (const std::int64_t vocabulary : {std::int64_t{65536}, std::int64_t{65537}}) {
    const std::vector<Ids> unequal{{0, 1, 2}, {65535}, {9, 65535, 3, 4}}, equal{{5, 65535}, {7, 8}};
    for (const auto& sequences : {unequal, equal}) {
      write_token_file(path, {.vocabulary = vocabulary,
                              .tokenizer = "0123456789abcdef",
                              .origin = R"({"model":"x"})",
                              .sequences = sequences});
      const TokenFile file(path);
      EXPECT_EQ(file.info().vocabulary, vocabulary);
      EXPECT_EQ(file.info().tokenizer, "0123456789abcdef");
      EXPECT_EQ(file.info().origin, R"({"model":"x"})");
      ASSERT_EQ(file.info().sequences, std::ssize(sequences));
      for (std::size_t i = 0; i < sequences.size(); ++i)
        EXPECT_EQ(file.sequence(static_cast<std::int64_t>(i)), sequences[i]);
    }
  }
}

TEST(TokenFile, IdsTakeTwoBytesWhereTheyFit) {
  const TemporaryDirectory directory;
  const auto size = [&](std::int64_t vocabulary, std::size_t tokens) {
    write_token_file(directory.path() / "s", {vocabulary, "", "", {Ids(tokens, 1)}});
    return bytes_of(directory.path() / "s").size();
  };
  EXPECT_EQ(size(65536, 1100) - size(65536, 1000), 200U);
  EXPECT_EQ(size(65537, 1100) - size(65537, 1000), 400U);
}

TEST(TokenFile, AnIdOutsideTheVocabularyIsNotWritten) {
  const TemporaryDirectory directory;
  EXPECT_THAT(message_of<InputError>([&] { write_token_file(directory.path() / "x", {10, "", "", {{1, 10}}}); }),
              HasSubstr("token id 10 is outside the vocabulary of 10"));
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "x"));
}

TEST(TokenFile, SaysWhatIsWrong) {
  const std::string good = file_of(equal_header, four_ids);
  EXPECT_THAT(open_message(""), HasSubstr("not a token file"));
  EXPECT_THAT(open_message("AIMCTOK2" + good.substr(8)), HasSubstr("not a token file"));
  EXPECT_THAT(open_message(good.substr(0, 40)), HasSubstr("truncated"));
  EXPECT_THAT(open_message("AIMCTOK1\xff\xff\xff\xff\xff\xff\xff\xff"s), HasSubstr("header claims"));
  EXPECT_THAT(open_message(good.substr(0, good.size() - 1)), HasSubstr("truncated: 4 tokens need"));
  EXPECT_THAT(open_message(good + "x"), HasSubstr("1 bytes follow the last token"));
  EXPECT_THAT(open_message(file_of("{\"vocabulary\":", "")), HasSubstr("not valid JSON"));
  EXPECT_THAT(open_message(file_of("[]", "")), HasSubstr("not an object"));
  // 300 is the first id outside.
  EXPECT_THAT(open_message(file_of(equal_header, "\x01\x00\x2c\x01\x02\x00\x03\x00"s)),
              AllOf(HasSubstr("sequence 0"), HasSubstr("the id 300")));
  EXPECT_THAT(open_message(file_of(table_header, "\x01\x00\x00\x00\x01\x00\x00\x00"s + three_ids)),
              HasSubstr("2 tokens together, the header says 3"));
  EXPECT_THAT(open_message(file_of(table_header, "\x03\x00\x00\x00\x00\x00\x00\x00"s + three_ids)),
              HasSubstr("sequence 1 is empty"));
}

TEST(TokenFile, AHeaderMustBeConsistent) {
  const auto header = [](const std::string& vocabulary, const std::string& tokenizer, const std::string& counts) {
    return file_of(fmt::format(R"({{"vocabulary":{},"tokenizer":{},{},"origin":""}})", vocabulary, tokenizer, counts),
                   four_ids);
  };
  const std::string counts = R"("sequences":2,"tokens":4,"length":2)";
  EXPECT_THAT(open_message(header("0", "\"\"", counts)), HasSubstr("/vocabulary"));
  EXPECT_THAT(open_message(header("1e3", "\"\"", counts)), HasSubstr("/vocabulary"));
  EXPECT_THAT(open_message(header("9", "\"12\"", counts)), HasSubstr("16 hex digits"));
  EXPECT_THAT(open_message(header("9", "\"\"", R"("sequences":2,"tokens":5,"length":2)")),
              HasSubstr("2 sequences of 2"));
  EXPECT_THAT(open_message(header("9", "\"\"", R"("sequences":-1,"tokens":4)")), HasSubstr("/sequences"));
  EXPECT_THAT(open_message(header("9", "\"\"", R"("sequences":5,"tokens":4)")), HasSubstr("5 sequences"));
  EXPECT_THAT(open_message(header("9", "\"\"", R"("sequences":70368744177664,"tokens":281474976710656,"length":4)")),
              HasSubstr("truncated"));
  EXPECT_THAT(open_message(header("9", "\"\"", R"("sequences":281474976710656,"tokens":281474976710656)")),
              HasSubstr("truncated"));
  EXPECT_THAT(open_message(file_of("{}", "")), HasSubstr("vocabulary"));
}

TEST(TokenFile, AFingerprintIsOfTheBytes) {
  const TemporaryDirectory directory;
  const auto a = tokenizer_fingerprint(directory.write("a.json", "tokens"));
  EXPECT_EQ(a.size(), 16U);
  EXPECT_EQ(a, tokenizer_fingerprint(directory.write("b.json", "tokens")));
  EXPECT_NE(a, tokenizer_fingerprint(directory.write("c.json", "tokenz")));
  EXPECT_THAT(message_of<InputError>([&] { (void)tokenizer_fingerprint(directory.path() / "none"); }),
              HasSubstr("none"));
}

TokenFileInfo three_of_two() {
  return {.vocabulary = 50, .tokenizer = "", .origin = R"({"seed":1,"temperature":1.0})", .sequences = 3, .tokens = 6};
}

TEST(TokenFileWriter, PiecesGiveTheWholeFile) {
  const TemporaryDirectory directory;
  const auto whole = directory.path() / "whole", pieces = directory.path() / "pieces";
  const TokenFileInfo info = three_of_two();
  write_token_file(whole, {info.vocabulary, info.tokenizer, info.origin, {{1, 2}, {3, 4}, {5, 6}}});
  TokenFileWriter writer(pieces, info, 2, false);
  writer.append(Ids{1, 2});
  EXPECT_FALSE(std::filesystem::exists(pieces));
  writer.append(Ids{3, 4, 5, 6});
  writer.finish();
  EXPECT_EQ(bytes_of(pieces), bytes_of(whole));
  EXPECT_FALSE(std::filesystem::exists(writer.part()));
}

// A process may die after any byte.
TEST(TokenFileWriter, ContinuesWhereverItWasCutOff) {
  const TemporaryDirectory directory;
  const auto whole = directory.path() / "whole", path = directory.path() / "cut";
  const TokenFileInfo info = three_of_two();
  write_token_file(whole, {info.vocabulary, info.tokenizer, info.origin, {{1, 2}, {3, 4}, {5, 6}}});
  const std::string bytes = bytes_of(whole);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    directory.write("cut.part", bytes.substr(0, size));
    TokenFileWriter writer(path, info, 2, false);
    const std::int64_t missing =
        12 - (static_cast<std::int64_t>(size) - (static_cast<std::int64_t>(bytes.size()) - 12));
    EXPECT_EQ(writer.written(), missing >= 12 ? 0 : (12 - missing) / 4) << size;
    for (auto i = static_cast<std::uint32_t>(writer.written()); i < 3; ++i) writer.append(Ids{2 * i + 1, 2 * i + 2});
    writer.finish();
    ASSERT_EQ(bytes_of(path), bytes) << size;
  }
}

TEST(TokenFileWriter, SaysHowAPartDiffers) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "x";
  {
    TokenFileWriter(path, three_of_two(), 2, false).append(Ids{1, 2});
  }
  TokenFileInfo other = three_of_two();
  other.origin = R"({"seed":2,"temperature":1.0,"top_k":5})";
  const auto message = message_of<ConfigError>([&] { TokenFileWriter(path, other, 2, false); });
  EXPECT_THAT(message, AllOf(HasSubstr("seed: 1 there, 2 here"), HasSubstr("top_k: nothing there, 5 here"),
                             Not(HasSubstr("temperature"))));
  EXPECT_EQ(TokenFileWriter(path, three_of_two(), 2, false).written(), 1);
  EXPECT_EQ(TokenFileWriter(path, other, 2, true).written(), 0);
}

TEST(TokenFileWriter, OnlyOneWriterAtATime) {
  const TemporaryDirectory directory;
  const TokenFileWriter first(directory.path() / "x", three_of_two(), 2, false);
  EXPECT_THAT(message_of<ConfigError>([&] { TokenFileWriter(directory.path() / "x", three_of_two(), 2, false); }),
              HasSubstr("another process is writing"));
}

}  // namespace
}  // namespace aimc::workloads
