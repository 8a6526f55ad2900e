#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "tests/workloads/temporary_directory.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {
namespace {

using Ids = std::vector<TokenId>;
using Json = nlohmann::json;

const std::filesystem::path tokenizers = AIMC_SOURCE_DIR "/../shared/data/tokenizers";

Json read_json(const std::filesystem::path& path) { return Json::parse(std::ifstream(path)); }

// The vectors were made by the program that trained the tokenizer, an implementation of its own.
TEST(HuggingFaceTokenizer, StorytellerVectors) {
  const std::filesystem::path directory = AIMC_SOURCE_DIR "/models/storyteller";
  const auto tokenizer = open_hugging_face_tokenizer(directory / "tokenizer.json");
  EXPECT_EQ(tokenizer->bos(), 0);
  EXPECT_EQ(tokenizer->eos(), 1);
  EXPECT_EQ(tokenizer->vocabulary(), 1024);
  const Json vectors = read_json(directory / "tokenizer_vectors.json");
  ASSERT_GT(vectors.size(), 20U);
  for (const Json& vector : vectors) {
    const auto text = vector.at("text").get<std::string>();
    const auto ids = vector.at("ids").get<Ids>();
    EXPECT_EQ(tokenizer->encode(text), ids) << text;
    EXPECT_EQ(tokenizer->encode_continuation(text), ids) << text;
    EXPECT_EQ(tokenizer->decode(ids), text);
  }
}

TEST(HuggingFaceTokenizer, AnyBytesComeBack) {
  const auto tokenizer = open_hugging_face_tokenizer(AIMC_SOURCE_DIR "/models/storyteller/tokenizer.json");
  std::string text;
  for (int i = 0; i < 5000; ++i) text += static_cast<char>(i * i / 7 + i);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
  EXPECT_EQ(tokenizer->encode("Tom</s><s>."), [&] {
    Ids ids = tokenizer->encode("Tom");
    ids.insert(ids.end(), {1, 0});
    const Ids dot = tokenizer->encode(".");
    ids.insert(ids.end(), dot.begin(), dot.end());
    return ids;
  }());
}

/// Vectors of llama.cpp: texts between "__ggml_vocab_test__" lines, and a line of ids for each.
void check_ggml_vectors(const char* model, const std::string& vectors) {
  const auto stem = tokenizers / "vectors" / vectors;
  if (!std::filesystem::exists(tokenizers))
    GTEST_SKIP() << tokenizers << " is not here; it is not shipped with the project";
  const auto tokenizer = open_hugging_face_tokenizer(tokenizers / model / "tokenizer.json");
  std::ifstream texts_file(stem.string() + ".inp"), ids_file(stem.string() + ".out");
  const std::string all((std::istreambuf_iterator<char>(texts_file)), {}), separator = "\n__ggml_vocab_test__\n";
  std::size_t at = 0;
  int count = 0;
  for (std::string line; std::getline(ids_file, line); ++count) {
    const std::size_t end = std::min(all.find(separator, at), all.size());
    const std::string text = all.substr(at, end - at);
    at = end + separator.size();
    Ids ids;
    std::istringstream numbers(line);
    for (TokenId id = 0; numbers >> id;) ids.push_back(id);
    EXPECT_EQ(tokenizer->encode(text), ids) << '"' << text << '"';
    EXPECT_EQ(tokenizer->decode(ids), text);
  }
  EXPECT_GT(count, 40);
}

TEST(HuggingFaceTokenizer, Phi3Vectors) { check_ggml_vectors("phi-3-mini", "ggml-vocab-phi-3.gguf"); }

// This copy went through an editor that turned no-break spaces into spaces, so three merges cannot be read any more.
TEST(HuggingFaceTokenizer, AFileSpoiledByAnEditorIsRefused) {
  const auto path = tokenizers / "llama2/tokenizer.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here; it is not shipped with the project";
  EXPECT_THAT(message_of<InputError>([&] { (void)open_hugging_face_tokenizer(path); }),
              testing::HasSubstr("llama2/tokenizer.json: /model/merges/18917: is not two tokens with one space"));
}

TEST(HuggingFaceTokenizer, Phi3SpecialTokensTakeTheSpaceAfterThem) {
  if (!std::filesystem::exists(tokenizers))
    GTEST_SKIP() << tokenizers << " is not here; it is not shipped with the project";
  const auto tokenizer = open_hugging_face_tokenizer(tokenizers / "phi-3-mini/tokenizer.json");
  // Microsoft's model card: "<|user|>\nHello<|end|>" gives 32010, 15043, 32007.
  EXPECT_EQ(tokenizer->encode("<|user|>\nHello<|end|>\n"), (Ids{32010, 15043, 32007}));
  EXPECT_EQ(tokenizer->bos(), 1);
  EXPECT_EQ(tokenizer->eos(), 32000);
}

// Ids made with an independent script: tiktoken's algorithm on the ranks of tokenizer.model, cut by the regex module.
TEST(HuggingFaceTokenizer, Llama3SplitsAndMerges) {
  if (!std::filesystem::exists(tokenizers))
    GTEST_SKIP() << tokenizers << " is not here; it is not shipped with the project";
  std::string merges, line;
  for (std::ifstream file(tokenizers / "llama3/vocab.bpe"); std::getline(file, line);)
    if (!line.empty() && !line.starts_with("#version")) merges += (merges.empty() ? "" : ",") + Json(line).dump();
  std::ifstream file(tokenizers / "llama3/encoder.json");
  const std::string vocabulary((std::istreambuf_iterator<char>(file)), {});
  const std::string split =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  const TemporaryDirectory directory;
  const auto tokenizer = open_hugging_face_tokenizer(
      directory.write("tokenizer.json", R"({"added_tokens": [{"id": 128000,
    "content": "<|begin_of_text|>", "special": true, "normalized": false}], "normalizer": null, "pre_tokenizer":
    {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": )" +
                                            Json(split).dump() + R"(}, "behavior":
    "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
    "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing", "single":
    [{"SpecialToken": {"id": "<|begin_of_text|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}]},
    "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "ignore_merges": true, "vocab": )" +
                                            vocabulary + R"(, "merges": [)" + merges + "]}}"));
  EXPECT_EQ(tokenizer->bos(), 128000);
  const std::vector<std::pair<std::string, Ids>> expected = {
      {"Hello world", {9906, 1917}},
      {"Once upon a time, there was a girl named Lily.",
       {12805, 5304, 264, 892, 11, 1070, 574, 264, 3828, 7086, 48390, 13}},
      {"  leading and trailing   ", {220, 6522, 323, 28848, 262}},
      {"It's 12345 o'clock;\015\012\015\012\011DON'T panic!",
       {2181, 596, 220, 4513, 1774, 297, 63510, 1967, 11198, 715, 17773, 22743, 0}},
      {"ied 4 \302\275 months", {1142, 220, 19, 220, 27154, 4038}},
      {"\303\204pfel \360\237\246\231.cpp \342\200\224 \344\275\240\345\245\275\344\270\226\347\225\214",
       {88075, 16276, 301, 11410, 99, 247, 13, 11055, 2001, 118195, 53901, 102616}},
      {"nospaceshere_and_snake_case(x)==3.14159;\012\012\012  return;",
       {77, 4890, 2492, 6881, 8543, 29122, 731, 19640, 2120, 15708, 18, 13, 9335, 2946, 5322, 220, 471, 26}},
      {"\341\275\210\316\264\317\205\317\203\317\203\316\265\317\215\317\202\302\240xyz\343\200\200\342\200\213",
       {101253, 230, 86486, 105458, 101143, 100315, 46742, 4194, 29954, 23249, 16067}}};
  for (const auto& [text, ids] : expected) {
    EXPECT_EQ(tokenizer->encode(text), ids) << text;
    EXPECT_EQ(tokenizer->decode(ids), text);
  }
}

/// A byte-level tokenizer with all bytes and the merge "a b".
Json small_tokenizer() {
  Json vocabulary = Json::object();
  const Json storyteller = read_json(AIMC_SOURCE_DIR "/models/storyteller/tokenizer.json");
  for (const auto& [token, id] : storyteller["model"]["vocab"].items())
    if (id < 258) vocabulary[token] = id;
  vocabulary["ab"] = 300;
  return {{"added_tokens", storyteller["added_tokens"]},
          {"pre_tokenizer", storyteller["pre_tokenizer"]},
          {"decoder", storyteller["decoder"]},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", Json::array({Json::array({"a", "b"})})}}}};
}

std::unique_ptr<Tokenizer> open(const Json& json) {
  const TemporaryDirectory directory;
  return open_hugging_face_tokenizer(directory.write("tokenizer.json", json.dump()));
}

TEST(HuggingFaceTokenizer, MergesAsPairsOrStrings) {
  Json json = small_tokenizer();
  const Ids a = open(json)->encode("a"), pairs = open(json)->encode("ab ab");
  EXPECT_EQ(pairs.front(), 300);
  EXPECT_EQ(pairs.size(), 3U);
  json["model"]["merges"] = Json::array({"a b"});
  EXPECT_EQ(open(json)->encode("ab ab"), pairs);
  EXPECT_EQ(open(json)->bos(), -1);
  EXPECT_EQ(open(json)->vocabulary(), 301);
}

TEST(HuggingFaceTokenizer, LeadingSpacesOfByteLevelAndMetaspace) {
  Json json = small_tokenizer();
  json["pre_tokenizer"]["add_prefix_space"] = true;
  EXPECT_EQ(open(json)->encode("b"), open(small_tokenizer())->encode(" b"));
  EXPECT_EQ(open(json)->encode(" b"), open(small_tokenizer())->encode(" b"));
  EXPECT_EQ(open(json)->encode_continuation("b"), open(small_tokenizer())->encode("b"));

  const auto metaspace = [](const char* scheme) {
    const Json step = {{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", scheme}, {"split", true}};
    return open(
        {{"pre_tokenizer", step},
         {"decoder", step},
         {"added_tokens", Json::array({{{"id", 9}, {"content", "#"}, {"special", true}, {"normalized", false}}})},
         {"model",
          {{"vocab", {{"_", 0}, {"a", 1}, {"_a", 2}, {"a_", 3}, {"?", 4}}},
           {"unk_token", "?"},
           {"fuse_unk", true},
           {"merges", Json::array({"_ a", "a _"})}}}});
  };
  EXPECT_EQ(metaspace("first")->encode("a a#a"), (Ids{2, 2, 9, 1}));
  EXPECT_EQ(metaspace("always")->encode("a a#a"), (Ids{2, 2, 9, 2}));
  EXPECT_EQ(metaspace("never")->encode("a xx a"), (Ids{1, 0, 4, 2}));
  EXPECT_EQ(metaspace("first")->encode_continuation("a a"), (Ids{1, 2}));
  EXPECT_EQ(metaspace("first")->decode(Ids{2, 2}), "a a");
  EXPECT_EQ(metaspace("first")->decode_continuation(Ids{2, 2}), " a a");
}

struct Damage {
  const char* pointer;  ///< what is replaced
  const char* value;    ///< JSON
  const char* complaint;
};
class DamagedTokenizer : public testing::TestWithParam<Damage> {};

TEST_P(DamagedTokenizer, IsRefusedWithFileAndPlace) {
  Json json = small_tokenizer();
  json[Json::json_pointer(GetParam().pointer)] = Json::parse(GetParam().value);
  EXPECT_THAT(message_of<InputError>([&] { (void)open(json); }),
              testing::AllOf(testing::HasSubstr("tokenizer.json"), testing::HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedTokenizer,
    testing::Values(
        Damage{"/model", "null", "/model"}, Damage{"/model/type", "\"Unigram\"", "'Unigram' is not supported"},
        Damage{"/model/vocab", "{}", "/model/vocab"}, Damage{"/model/vocab", "[1]", "/model/vocab"},
        Damage{"/model/vocab/ab", "-1", "/model/vocab/ab"}, Damage{"/model/vocab/ab", "5", "another token"},
        Damage{"/model/vocab", R"({"a": 0, "b": 1, "ab": 2})", "no token stands for the byte 0x00"},
        Damage{"/model/merges", "3", "/model/merges"}, Damage{"/model/merges/0", R"(["a"])", "/model/merges/0"},
        Damage{"/model/merges/0", R"("a b c")", "/model/merges/0"},
        Damage{"/model/merges/0", R"("ab")", "/model/merges/0"},
        Damage{"/model/merges/0", R"("a c")", "'ac' is not in the vocabulary"},
        Damage{"/model/merges/0", "7", "/model/merges/0"}, Damage{"/model/dropout", "0.1", "/model/dropout"},
        Damage{"/model/unk_token", "\"?!\"", "/model/unk_token"},
        Damage{"/model/end_of_word_suffix", "\"</w>\"", "/model/end_of_word_suffix"},
        Damage{"/normalizer", R"({"type": "NFC"})", "'NFC' is not supported"},
        Damage{"/pre_tokenizer/type", "\"Whitespace\"", "'Whitespace' is not supported"},
        Damage{"/pre_tokenizer", R"({"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "(a"}})",
               "/pre_tokenizer/pattern"},
        Damage{"/pre_tokenizer", R"({"type": "Split", "behavior": "Contiguous", "pattern": {"Regex": "a"}})",
               "'Contiguous'"},
        Damage{"/decoder", R"({"type": "WordPiece"})", "'WordPiece' is not supported"},
        Damage{"/added_tokens/1/id", "\"1\"", "/added_tokens/1/id"},
        Damage{"/added_tokens/1/content", "\"<s>\"", "added twice"},
        Damage{"/added_tokens/0/single_word", "true", "/added_tokens/0/single_word"},
        Damage{"", "[]", "not an object"}),
    [](const auto& info) { return "Case" + std::to_string(info.index); });

TEST(HuggingFaceTokenizer, RunawayPatternIsAnInputError) {
  Json json = small_tokenizer();
  json["pre_tokenizer"] = {{"type", "Split"}, {"behavior", "Isolated"}, {"pattern", {{"Regex", "(a+)+(a+)+[bc]"}}}};
  json["pre_tokenizer"] = {{"type", "Sequence"},
                           {"pretokenizers", {json["pre_tokenizer"], {{"type", "ByteLevel"}, {"use_regex", false}}}}};
  const auto tokenizer = open(json);
  EXPECT_THROW((void)tokenizer->encode(std::string(200, 'a')), InputError);
}

}  // namespace
}  // namespace aimc::workloads
