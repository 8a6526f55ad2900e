#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "base/json/view.h"
#include "workloads/text/added_tokens.h"
#include "workloads/text/bpe_model.h"
#include "workloads/text/normalizer.h"
#include "workloads/text/pre_tokenizer.h"
#include "workloads/text/special_ids.h"
#include "workloads/text/token_decoder.h"
#include "workloads/text/tokenizer.h"

namespace aimc::workloads {
namespace {

template <class Part>
Part optional_part(const JsonView& json, const char* key) {
  const auto found = json.find(key);
  return found ? Part(*found) : Part();
}

class HuggingFaceTokenizer : public Tokenizer {
 public:
  HuggingFaceTokenizer(const JsonView& json, const std::filesystem::path& path)
      : normalizer_(optional_part<Normalizer>(json, "normalizer")),
        pre_tokenizer_(optional_part<PreTokenizer>(json, "pre_tokenizer")),
        model_(json.at("model"), pre_tokenizer_.byte_level()) {
    if (const auto added = json.find("added_tokens")) added_ = AddedTokens(*added, normalizer_);
    decoder_ = optional_part<TokenDecoder>(json, "decoder");
    for (const auto& [entry, id] : model_.entries()) set_bytes(id, decoder_.bytes(entry));
    for (const auto& [content, id] : added_.entries()) set_bytes(id, content);
    special_ = find_special_ids(json, path.parent_path(), [this](const std::string& token) { return id_of(token); });
  }

  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const override {
    return encode_sections(text, SectionStart::sequence);
  }
  [[nodiscard]] std::vector<TokenId> encode_continuation(std::string_view text) const override {
    return encode_sections(text, SectionStart::inside);
  }
  [[nodiscard]] std::string decode(std::span<const TokenId> ids) const override {
    std::string text = decode_continuation(ids);
    decoder_.strip(text);
    return text;
  }
  [[nodiscard]] std::string decode_continuation(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids)
      if (id >= 0 && id < std::ssize(bytes_)) text += bytes_[static_cast<std::size_t>(id)];
    return text;
  }
  [[nodiscard]] TokenId bos() const override { return special_.bos; }
  [[nodiscard]] TokenId eos() const override { return special_.eos; }
  [[nodiscard]] std::int64_t vocabulary() const override { return std::ssize(bytes_); }

 private:
  void set_bytes(TokenId id, std::string bytes) {
    if (id >= std::ssize(bytes_)) bytes_.resize(static_cast<std::size_t>(id) + 1);
    bytes_[static_cast<std::size_t>(id)] = std::move(bytes);
  }
  [[nodiscard]] std::optional<TokenId> id_of(const std::string& token) const {
    for (const auto* entries : {&added_.entries(), &model_.entries()})
      if (const auto found = entries->find(token); found != entries->end()) return found->second;
    return std::nullopt;
  }

  [[nodiscard]] std::vector<TokenId> encode_sections(std::string_view text, SectionStart start) const {
    std::vector<TokenId> ids;
    for (const AddedTokens::Section& section : added_.split(text, false)) {
      if (section.id >= 0)
        ids.push_back(section.id);
      else
        encode_text(normalizer_.apply(section.text, start), start, ids);
      start = SectionStart::section;
    }
    return ids;
  }
  void encode_text(const std::string& text, SectionStart start, std::vector<TokenId>& ids) const {
    for (const AddedTokens::Section& section : added_.split(text, true)) {
      if (section.id >= 0) {
        ids.push_back(section.id);
      } else {
        for (const std::string& piece : pre_tokenizer_.split(section.text, start)) model_.encode(piece, ids);
      }
      start = SectionStart::section;
    }
  }

  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  BpeModel model_;
  AddedTokens added_;
  TokenDecoder decoder_;
  std::vector<std::string> bytes_;  ///< by id; empty where no token has that id
  SpecialIds special_;
};

}  // namespace

std::unique_ptr<Tokenizer> open_hugging_face_tokenizer(const std::filesystem::path& tokenizer_json) {
  const nlohmann::json json = read_json_file(tokenizer_json, {.depth = 32});
  return std::make_unique<HuggingFaceTokenizer>(JsonView(json, tokenizer_json.string()), tokenizer_json);
}

}  // namespace aimc::workloads
