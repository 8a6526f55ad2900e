#include <gtest/gtest.h>

#include <random>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {
namespace {

// Every supported step, each once; SentencePiece-like so that the vocabulary can be small.
const std::string whole = R"json({"added_tokens": [{"id": 6, "content": "<s>", "special": true, "normalized": false,
  "lstrip": true, "rstrip": true}, {"id": 7, "content": "!!", "normalized": true}], "normalizer": {"type": "Sequence",
  "normalizers": [{"type": "Prepend", "prepend": "_"}, {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]},
  "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}|\\s+(?!\\S)"},
  "behavior": "Isolated"}, {"type": "Split", "pattern": {"String": "-"}, "behavior": "Removed"}, {"type": "Metaspace",
  "replacement": "_", "prepend_scheme": "first", "split": true}]}, "post_processor": {"type": "TemplateProcessing",
  "single": [{"SpecialToken": {"id": "<s>"}}]}, "decoder": {"type": "Sequence", "decoders": [{"type": "Replace",
  "pattern": {"String": "_"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip",
  "content": " ", "start": 1, "stop": 0}]}, "model": {"type": "BPE", "unk_token": "?", "fuse_unk": true,
  "ignore_merges": false, "vocab": {"?": 0, "_": 1, "a": 2, "b": 3, "ab": 4, "_ab": 5},
  "merges": ["a b", ["_", "ab"]]}})json";

std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % (n + 1)); };
  static const std::string nasty[] = {"-1",           "\"\"",     "null",    "[]", "{}",           "1e99",
                                      "\"Sequence\"", "67108864", "\\ud83d", "(",  "\"ByteLevel\""};
  switch (random() % 4) {
    case 0:
      text[below(text.size() - 1)] = static_cast<char>(random());
      break;
    case 1:
      text.erase(below(text.size()), below(30));
      break;
    case 2: {  // another piece of the document in place of this one
      const std::size_t from = below(text.size()), at = below(text.size());
      text.replace(at, below(20), text.substr(from, below(40)));
      break;
    }
    default: {  // a value replaced
      const std::size_t colon = text.find(": ", below(text.size()));
      if (colon == std::string::npos) break;
      const std::size_t end = text.find_first_of(",}]", colon);
      text.replace(colon + 2, end == std::string::npos ? 0 : end - colon - 2, nasty[random() % std::size(nasty)]);
    }
  }
  return text;
}

// Whatever the file, opening and using it gives ids below the vocabulary, or an InputError.
TEST(TokenizerFuzz, MutatedFilesAreReadOrRefused) {
  const TemporaryDirectory directory;
  const std::string text = "ab <s> a!!b 1234 - \xff\xc3 x\xe2\x96\x81\n";
  std::mt19937 random(99);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string file = i == 0 ? whole : mutated(whole, random);
    try {
      const auto tokenizer = open_hugging_face_tokenizer(directory.write("tokenizer.json", file));
      for (const auto& ids : {tokenizer->encode(text), tokenizer->encode_continuation(text)}) {
        for (const TokenId id : ids) ASSERT_TRUE(id >= 0 && id < tokenizer->vocabulary()) << file;
        (void)tokenizer->decode(ids);
      }
      ++accepted;
    } catch (const InputError& error) {
      ASSERT_NE(i, 0) << error.what();
      ASSERT_NE(std::string(error.what()).find("tokenizer.json"), std::string::npos) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace aimc::workloads
