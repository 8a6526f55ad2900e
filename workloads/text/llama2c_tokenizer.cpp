#include <cstring>

#include "base/check/error.h"
#include "base/files/mapped_file.h"
#include "workloads/text/pair_merge.h"
#include "workloads/text/tokenizer.h"
#include "workloads/text/utf8.h"

// karpathy/llama2.c, tokenizer.py (export) and run.c (encode, decode): int32 longest piece, then for each id a float
// score, an int32 length and the bytes of the piece. Ids 3 to 258 stand for single bytes.
namespace aimc::workloads {
namespace {

constexpr TokenId first_byte_token = 3;

/// Takes fields from a file one after another; InputError when it ends too early.
class FieldReader {
 public:
  FieldReader(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  template <class Value>
  Value value(TokenId id) {
    Value value;
    std::memcpy(&value, take(sizeof(Value), id).data(), sizeof(Value));
    return value;
  }
  std::string_view text(std::size_t length, TokenId id) {
    const auto bytes = take(length, id);
    return {reinterpret_cast<const char*>(bytes.data()), length};
  }
  [[noreturn]] void fail(TokenId id, const std::string& what) const {
    throw InputError(fmt::format("{}: not a llama2.c tokenizer of this vocabulary: token {}: {}", name_, id, what));
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::byte> take(std::size_t count, TokenId id) {
    if (count > bytes_.size()) fail(id, "the file ends here (truncated?)");
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  std::span<const std::byte> bytes_;
  std::string name_;
};

class Llama2cTokenizer : public Tokenizer {
 public:
  Llama2cTokenizer(const std::filesystem::path& path, std::int64_t vocabulary) {
    const MappedFile file(path);
    FieldReader reader(file.bytes(), path.string());
    (void)reader.value<std::int32_t>(0);  // the longest piece, of no use here
    for (TokenId id = 0; id < vocabulary; ++id) {
      scores_.push_back(reader.value<float>(id));
      if (std::isnan(scores_.back())) reader.fail(id, "its score is not a number");
      const auto length = reader.value<std::int32_t>(id);
      if (length < 0) reader.fail(id, fmt::format("its length is {}", length));
      pieces_.emplace_back(reader.text(static_cast<std::size_t>(length), id));
      ids_.emplace(pieces_.back(), id);  // of equal pieces the first counts
    }
    if (reader.left() != 0)
      reader.fail(static_cast<TokenId>(vocabulary), fmt::format("{} bytes follow the last one", reader.left()));
    for (TokenId byte = 0; byte < 256; ++byte) {
      const TokenId id = first_byte_token + byte;
      if (id >= vocabulary || pieces_[static_cast<std::size_t>(id)] != fmt::format("<0x{:02X}>", byte))
        reader.fail(id, fmt::format("it is not <0x{:02X}>, the fallback of that byte", byte));
    }
    if (!ids_.contains(" ")) reader.fail(0, "no token is a single space");
  }

  [[nodiscard]] std::vector<TokenId> encode(std::string_view text) const override {
    if (text.empty()) return {};
    return merged({ids_.at(" ")}, text);  // run.c's "dummy prefix": SentencePiece puts a space before every text
  }
  [[nodiscard]] std::vector<TokenId> encode_continuation(std::string_view text) const override {
    return merged({}, text);
  }

  [[nodiscard]] std::string decode(std::span<const TokenId> ids) const override {
    std::string text = decode_continuation(ids);
    if (!ids.empty() && piece(ids.front()).starts_with(' ')) text.erase(0, 1);
    return text;
  }
  [[nodiscard]] std::string decode_continuation(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids) {
      if (id >= first_byte_token && id < first_byte_token + 256)
        text += static_cast<char>(id - first_byte_token);
      else
        text += piece(id);
    }
    return text;
  }
  [[nodiscard]] TokenId bos() const override { return 1; }
  [[nodiscard]] TokenId eos() const override { return 2; }
  [[nodiscard]] std::int64_t vocabulary() const override { return std::ssize(pieces_); }

 private:
  [[nodiscard]] std::string_view piece(TokenId id) const {
    return id < 0 || id >= std::ssize(pieces_) ? std::string_view() : pieces_[static_cast<std::size_t>(id)];
  }

  [[nodiscard]] std::vector<TokenId> merged(std::vector<TokenId> ids, std::string_view text) const {
    for (std::size_t at = 0; at < text.size();) {
      const Utf8Character character = utf8_character(text, at);
      const std::string raw(text.substr(at, character.bytes));
      at += character.bytes;
      if (const auto found = ids_.find(raw); found != ids_.end() && character.valid) {
        ids.push_back(found->second);
      } else {
        for (const char byte : raw) ids.push_back(first_byte_token + static_cast<std::uint8_t>(byte));
      }
    }
    merge_pairs(ids, [this](TokenId left, TokenId right) -> std::optional<PairMerge> {
      const auto found = ids_.find(std::string(piece(left)).append(piece(right)));
      if (found == ids_.end()) return std::nullopt;
      return PairMerge{-static_cast<double>(scores_[static_cast<std::size_t>(found->second)]), found->second};
    });
    return ids;
  }

  std::vector<std::string> pieces_;
  std::vector<float> scores_;
  std::unordered_map<std::string, TokenId> ids_;
};

}  // namespace

std::unique_ptr<Tokenizer> open_llama2c_tokenizer(const std::filesystem::path& tokenizer_bin, std::int64_t vocabulary) {
  return std::make_unique<Llama2cTokenizer>(tokenizer_bin, vocabulary);
}

}  // namespace aimc::workloads
