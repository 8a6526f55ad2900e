#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aimc::workloads {

using TokenId = std::int32_t;

/// Text to token ids and back.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// The ids of a text that starts a sequence, without BOS. Invalid UTF-8 goes through as bytes.
  [[nodiscard]] virtual std::vector<TokenId> encode(std::string_view text) const = 0;
  /// The ids of a text that continues another: no leading-space rule is applied (llama2.c adds one at the start).
  [[nodiscard]] virtual std::vector<TokenId> encode_continuation(std::string_view text) const = 0;
  /// The text of ids that follow BOS (llama2.c strips one leading space there).
  [[nodiscard]] virtual std::string decode(std::span<const TokenId> ids) const = 0;
  [[nodiscard]] virtual TokenId bos() const = 0;
  [[nodiscard]] virtual TokenId eos() const = 0;
  [[nodiscard]] virtual std::int64_t vocabulary() const = 0;
};

/// tokenizer.json of Hugging Face with a byte-level BPE model. Throws InputError (malformed, unsupported model: says what).
std::unique_ptr<Tokenizer> open_hugging_face_tokenizer(const std::filesystem::path& tokenizer_json);
/// tokenizer.bin of llama2.c; vocabulary is the model's.
std::unique_ptr<Tokenizer> open_llama2c_tokenizer(const std::filesystem::path& tokenizer_bin, std::int64_t vocabulary);

}  // namespace aimc::workloads
