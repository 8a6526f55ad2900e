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

/// Text to token ids and back. All calls are const and may run on several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// The ids of a text that starts a sequence, without BOS. Invalid UTF-8 goes through as bytes.
  [[nodiscard]] virtual std::vector<TokenId> encode(std::string_view text) const = 0;
  /// The ids of a text that continues another: no leading-space rule is applied (llama2.c adds one at the start).
  [[nodiscard]] virtual std::vector<TokenId> encode_continuation(std::string_view text) const = 0;
  /// The text of ids that follow BOS: undoes the leading space that encode adds (llama2.c, SentencePiece). The bytes
  /// are as they are: ids that end inside a character give invalid UTF-8. An id without a token gives no text.
  [[nodiscard]] virtual std::string decode(std::span<const TokenId> ids) const = 0;
  /// The text of ids that continue a sequence, with every space; one id at a time it streams a generated text. The same
  /// as decode where encode adds no leading space.
  [[nodiscard]] virtual std::string decode_continuation(std::span<const TokenId> ids) const { return decode(ids); }
  /// The id that starts a sequence, or ends one; -1 if the tokenizer names none.
  [[nodiscard]] virtual TokenId bos() const = 0;
  [[nodiscard]] virtual TokenId eos() const = 0;
  /// The largest id plus one; the model's vocabulary may be larger (padded).
  [[nodiscard]] virtual std::int64_t vocabulary() const = 0;
};

/// tokenizer.json of Hugging Face with a BPE model, byte-level (GPT-2, Llama 3) or SentencePiece-like (Llama 2, Phi-3).
/// BOS and EOS come from tokenizer_config.json, the post-processor or config.json beside it. Throws InputError naming
/// the file and the JSON pointer (malformed, or a step that is not supported: says which).
std::unique_ptr<Tokenizer> open_hugging_face_tokenizer(const std::filesystem::path& tokenizer_json);

/// tokenizer.bin of llama2.c (run.c, build_tokenizer); vocabulary is the model's. Throws InputError.
std::unique_ptr<Tokenizer> open_llama2c_tokenizer(const std::filesystem::path& tokenizer_bin, std::int64_t vocabulary);

}  // namespace aimc::workloads
