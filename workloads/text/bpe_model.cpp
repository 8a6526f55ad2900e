#include "workloads/text/bpe_model.h"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/json/view.h"
#include "workloads/text/byte_level.h"
#include "workloads/text/pair_merge.h"
#include "workloads/text/utf8.h"

namespace aimc::workloads {
namespace {

constexpr std::uint64_t largest_id = (std::uint64_t{1} << 26) - 1;

std::uint64_t pair_key(TokenId left, TokenId right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
}

bool flag(const JsonView& json, const char* key) {
  const auto found = json.find(key);
  return found && found->boolean();
}

/// The two tokens of the i-th merge, written "a b" or ["a", "b"]. A view costs more than reading the merge, and there
/// are hundreds of thousands of them, so one is made for complaints only.
std::pair<std::string, std::string> merge_pair(const JsonView& merges, std::size_t i) {
  const nlohmann::json& merge = merges.json()[i];
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  if (!merge.is_string()) merges.item(i).fail("is not a pair of tokens");
  const auto& text = merge.get_ref<const std::string&>();
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
    merges.item(i).fail("is not two tokens with one space between them");
  return {text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

BpeModel::BpeModel(const JsonView& json, bool byte_level) : byte_level_(byte_level) {
  if (const auto type = json.find("type"); type && type->text() != "BPE")
    type->fail("the model '" + type->text() + "' is not supported; supported is BPE");
  read_vocabulary(json.at("vocab"), byte_level);
  read_options(json);
  read_merges(json.at("merges"));
  read_byte_tokens(json, byte_level);
}

void BpeModel::read_options(const JsonView& json) {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (const auto affix = json.find(key); affix && !affix->text().empty()) affix->fail("an affix is not supported");
  if (const auto dropout = json.find("dropout"); dropout && dropout->number() != 0)
    dropout->fail("dropout is not supported");
  fuse_unknown_ = flag(json, "fuse_unk");
  ignore_merges_ = flag(json, "ignore_merges");
  if (const auto unknown = json.find("unk_token")) {
    const auto found = entries_.find(unknown->text());
    if (found == entries_.end()) unknown->fail("'" + unknown->text() + "' is not in the vocabulary");
    unknown_ = found->second;
  }
}

void BpeModel::read_vocabulary(const JsonView& json, bool byte_level) {
  if (!json.json().is_object() || json.json().empty()) json.fail("is not an object of tokens and ids");
  std::unordered_set<TokenId> taken;
  for (auto* table : {&entries_, &ids_}) table->reserve(json.size());
  for (const auto& [entry, value] : json.json().get_ref<const nlohmann::json::object_t&>()) {
    const bool in_range = value.is_number_unsigned() && value.get<std::uint64_t>() <= largest_id;
    if (!in_range) (void)json.at(entry).integer(0, largest_id);  // says what is wrong
    const auto id = value.get<TokenId>();
    if (!taken.insert(id).second) json.at(entry).fail(fmt::format("the id {} is that of another token as well", id));
    entries_.emplace(entry, id);
    // An entry outside the byte-level alphabet (a special token) is out of reach of merges.
    if (const auto bytes = byte_level ? byte_level_to_bytes(entry) : entry) ids_.emplace(*bytes, id);
  }
}

void BpeModel::read_merges(const JsonView& json) {
  if (!json.json().is_array()) json.fail("is not a list of merges");
  merges_.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto [left, right] = merge_pair(json, i);
    const auto id = [&](const std::string& token) {
      const auto found = entries_.find(token);
      if (found == entries_.end()) json.item(i).fail("'" + token + "' is not in the vocabulary");
      return found->second;
    };
    merges_[pair_key(id(left), id(right))] = {static_cast<std::uint32_t>(i), id(left + right)};
  }
}

void BpeModel::read_byte_tokens(const JsonView& json, bool byte_level) {
  has_byte_tokens_ = byte_level || flag(json, "byte_fallback");
  if (!has_byte_tokens_) return;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const std::string spelled = byte_level ? std::string(1, static_cast<char>(byte)) : fmt::format("<0x{:02X}>", byte);
    const auto found = ids_.find(spelled);
    if (found == ids_.end()) json.at("vocab").fail(fmt::format("no token stands for the byte 0x{:02X}", byte));
    byte_tokens_[byte] = found->second;
  }
}

std::optional<TokenId> BpeModel::find(std::string_view text) const {
  const auto found = ids_.find(std::string(text));
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

void BpeModel::append_character(std::string_view character, std::vector<TokenId>& ids) const {
  if (const auto id = find(character)) {
    ids.push_back(*id);
  } else if (has_byte_tokens_) {
    for (const char byte : character) ids.push_back(byte_tokens_[static_cast<std::uint8_t>(byte)]);
  } else if (unknown_ >= 0 && !(fuse_unknown_ && !ids.empty() && ids.back() == unknown_)) {
    ids.push_back(unknown_);
  }
}

void BpeModel::encode(std::string_view piece, std::vector<TokenId>& ids) const {
  if (ignore_merges_) {
    if (const auto whole = find(piece)) {
      ids.push_back(*whole);
      return;
    }
  }
  std::vector<TokenId> symbols;
  if (byte_level_) {
    for (const char byte : piece) symbols.push_back(byte_tokens_[static_cast<std::uint8_t>(byte)]);
  } else {
    for (std::size_t at = 0; at < piece.size();) {
      const Utf8Character character = utf8_character(piece, at);
      append_character(piece.substr(at, character.bytes), symbols);
      at += character.bytes;
    }
  }
  merge_pairs(symbols, [this](TokenId left, TokenId right) -> std::optional<PairMerge> {
    const auto found = merges_.find(pair_key(left, right));
    if (found == merges_.end()) return std::nullopt;
    return PairMerge{static_cast<double>(found->second.rank), found->second.merged};
  });
  ids.insert(ids.end(), symbols.begin(), symbols.end());
}

}  // namespace aimc::workloads
