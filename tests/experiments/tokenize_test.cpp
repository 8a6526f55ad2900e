#include "sim/experiment/synthesize/tokenize.h"

#include <gmock/gmock.h>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "tests/base/temporary_directory.h"
#include "workloads/text/tokenizer.h"
#include "workloads/tokens/token_file.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;
using workloads::TokenFile;

const std::filesystem::path storyteller = AIMC_SOURCE_DIR "/models/storyteller";

/// The text between BOS (0) and EOS (1) of a sequence of storyteller's.
std::string text_of(const TokenFile& file, std::int64_t sequence) {
  static const auto tokenizer = workloads::open_hugging_face_tokenizer(storyteller / "tokenizer.json");
  const auto ids = file.sequence(sequence);
  EXPECT_EQ(ids.front(), 0U);
  EXPECT_EQ(ids.back(), 1U);
  return tokenizer->decode(std::vector<workloads::TokenId>(ids.begin() + 1, ids.end() - 1));
}

TokenizeRequest request(const TemporaryDirectory& folder, const std::string& text) {
  put(folder / "text", text);
  TokenizeRequest request;
  request.model.path = storyteller;
  request.texts = {folder / "text"};
  request.out = folder / "out";
  return request;
}

TEST(Tokenize, EachDocumentIsASequence) {
  const TemporaryDirectory folder;
  const auto result = tokenize(request(folder, "Tom had a kite.\n<|endoftext|>\n It was red.<|endoftext|>\n"));
  EXPECT_EQ(result.sequences, 2);
  EXPECT_EQ(result.cut_documents, 0);
  const TokenFile file(folder / "out");
  EXPECT_EQ(file.info().tokens, result.tokens);
  EXPECT_EQ(file.info().vocabulary, 1024);
  EXPECT_EQ(file.info().tokenizer, workloads::tokenizer_fingerprint(storyteller / "tokenizer.json"));
  EXPECT_EQ(text_of(file, 0), "Tom had a kite.");
  EXPECT_EQ(text_of(file, 1), "It was red.");
  EXPECT_FALSE(std::filesystem::exists(held_out_path(folder / "out")));
}

TEST(Tokenize, LongDocumentsAreCutAtTheContextPlusOne) {
  const TemporaryDirectory folder;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "Tom ";
  const auto result = tokenize(request(folder, text));
  EXPECT_EQ(TokenFile(folder / "out").length(0), 513);
  EXPECT_EQ(result.cut_documents, 1);
  EXPECT_EQ(TokenFile(folder / "out").sequence(0).front(), 0U);
}

TEST(Tokenize, TheLastDocumentsOfEachFileAreHeldOut) {
  const TemporaryDirectory folder;
  const auto numbered = [](const std::string& word) {
    std::string text;
    for (int i = 0; i < 10; ++i) text += word + std::to_string(i) + "##";
    return text;
  };
  TokenizeRequest two = request(folder, numbered("a"));
  put(folder / "more", numbered("b"));
  two.texts.push_back(folder / "more");
  two.separator = "##";
  two.held_out = 20;
  set_thread_count(3);
  (void)tokenize(two);
  set_thread_count(0);
  const TokenFile kept(folder / "out"), held_out(held_out_path(folder / "out"));
  ASSERT_EQ(kept.info().sequences, 16);
  ASSERT_EQ(held_out.info().sequences, 4);
  EXPECT_EQ(text_of(kept, 7), "a7");
  EXPECT_EQ(text_of(kept, 8), "b0");
  EXPECT_EQ(text_of(held_out, 0), "a8");
  EXPECT_EQ(text_of(held_out, 3), "b9");
}

TEST(Tokenize, RefusesWhatCannotBe) {
  const TemporaryDirectory folder;
  const auto fails = [&](auto change) {
    TokenizeRequest wrong = request(folder, "One.<|endoftext|>Two.");
    change(wrong);
    std::string message;
    try {
      (void)tokenize(wrong);
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "out")) << message;
    return message;
  };
  EXPECT_THAT(fails([](auto& r) { r.held_out = 100; }), HasSubstr("--held-out"));
  EXPECT_THAT(fails([](auto& r) { r.held_out = 80; }), HasSubstr("2 documents leave none"));
  EXPECT_THAT(fails([](auto& r) { r.separator = ""; }), HasSubstr("--separator"));
  EXPECT_THAT(fails([&](auto& r) { r.texts = {folder / "nothing"}; }), HasSubstr("nothing"));
  EXPECT_THAT(fails([&](auto& r) { r.model.tokenizer = "none.json"; }), HasSubstr("none.json"));
  put(folder / "there", "mine");
  EXPECT_THAT(fails([&](auto& r) { r.out = folder / "there"; }), HasSubstr("--force"));
  EXPECT_EQ(get(folder / "there"), "mine");
}

}  // namespace
}  // namespace aimc::sim
