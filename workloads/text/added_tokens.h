#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workloads/text/normalizer.h"
#include "workloads/text/tokenizer.h"

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The "added_tokens" of a tokenizer.json: tokens found as whole strings before a text is cut ("<|endoftext|>").
class AddedTokens {
 public:
  AddedTokens() = default;
  /// Throws InputError for a malformed entry and for single_word, which is not supported.
  AddedTokens(const JsonView& json, const Normalizer& normalizer);

  /// A token, or (id -1) the text between tokens.
  struct Section {
    std::string_view text;
    TokenId id = -1;
  };
  /// The sections of a text: those tokens that are sought in the text as given, or those sought after normalisation.
  /// The leftmost match wins, of several the longest.
  [[nodiscard]] std::vector<Section> split(std::string_view text, bool normalized) const;
  [[nodiscard]] const std::unordered_map<std::string, TokenId>& entries() const { return entries_; }
  [[nodiscard]] bool any(bool normalized) const { return !searched(normalized).empty(); }

 private:
  struct Token {
    std::string content;
    TokenId id;
    bool strip_left, strip_right;  ///< whitespace beside the token goes with it
  };
  [[nodiscard]] const std::vector<Token>& searched(bool normalized) const { return normalized ? normalized_ : raw_; }

  std::vector<Token> raw_, normalized_;  ///< longest first
  std::unordered_map<std::string, TokenId> entries_;
};

}  // namespace aimc::workloads
