#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workloads/text/tokenizer.h"

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The "model" of a tokenizer.json: a vocabulary and the ranked merges of byte-pair encoding.
class BpeModel {
 public:
  /// byte_level: entries are spelled in the byte-level alphabet. Throws InputError naming the JSON pointer: not BPE,
  /// ids that are negative or used twice, merges of unknown tokens, options that are not supported (dropout, affixes).
  BpeModel(const JsonView& json, bool byte_level);

  /// Appends the ids of one piece of text, given as raw bytes.
  void encode(std::string_view piece, std::vector<TokenId>& ids) const;
  /// The entry as the vocabulary spells it -> id.
  [[nodiscard]] const std::unordered_map<std::string, TokenId>& entries() const { return entries_; }

 private:
  struct RankedMerge {
    std::uint32_t rank;
    TokenId merged;
  };
  void read_options(const JsonView& json);
  void read_vocabulary(const JsonView& json, bool byte_level);
  void read_merges(const JsonView& json);
  void read_byte_tokens(const JsonView& json, bool byte_level);
  void append_character(std::string_view character, std::vector<TokenId>& ids) const;
  [[nodiscard]] std::optional<TokenId> find(std::string_view text) const;

  std::unordered_map<std::string, TokenId> entries_;  ///< as spelled
  std::unordered_map<std::string, TokenId> ids_;      ///< by the bytes they stand for
  std::unordered_map<std::uint64_t, RankedMerge> merges_;
  std::array<TokenId, 256> byte_tokens_{};  ///< the token of each byte, if has_byte_tokens_
  bool has_byte_tokens_ = false;
  bool byte_level_ = false;
  bool fuse_unknown_ = false, ignore_merges_ = false;
  TokenId unknown_ = -1;
};

}  // namespace aimc::workloads
