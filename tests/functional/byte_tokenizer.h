#pragma once
#include <string>
#include <vector>

#include "workloads/text/tokenizer.h"

namespace aimc::test {

/// One token a byte: id = byte + 1, BOS 0; 257 tokens.
class ByteTokenizer : public workloads::Tokenizer {
 public:
  [[nodiscard]] std::vector<workloads::TokenId> encode(std::string_view text) const override {
    std::vector<workloads::TokenId> ids;
    for (const char byte : text) ids.push_back(static_cast<unsigned char>(byte) + 1);
    return ids;
  }
  [[nodiscard]] std::vector<workloads::TokenId> encode_continuation(std::string_view text) const override {
    return encode(text);
  }
  [[nodiscard]] std::string decode(std::span<const workloads::TokenId> ids) const override {
    std::string text;
    for (const auto id : ids) text += static_cast<char>(id - 1);
    return text;
  }
  [[nodiscard]] std::string decode_continuation(std::span<const workloads::TokenId> ids) const override {
    return decode(ids);
  }
  [[nodiscard]] workloads::TokenId bos() const override { return 0; }
  [[nodiscard]] workloads::TokenId eos() const override { return -1; }
  [[nodiscard]] std::int64_t vocabulary() const override { return 257; }
};

}  // namespace aimc::test
