#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The "decoder" of a tokenizer.json: what a vocabulary entry stands for, and what is taken off a decoded text.
/// Supported: Sequence, ByteLevel, Replace (String), ByteFallback, Fuse, Strip (at the start) and Metaspace.
class TokenDecoder {
 public:
  /// Entries stand for themselves.
  TokenDecoder() = default;
  /// Throws InputError for a step that is not supported.
  explicit TokenDecoder(const JsonView& json);

  /// The bytes of one entry.
  [[nodiscard]] std::string bytes(const std::string& entry) const;
  /// Takes the leading space that encoding added off the text of a sequence's start.
  void strip(std::string& text) const;

 private:
  void add(const JsonView& json);
  bool byte_level_ = false, byte_fallback_ = false;
  std::vector<std::pair<std::string, std::string>> replacements_;
  std::string stripped_;  ///< one character, or empty
  std::int64_t largest_stripped_ = 0;
};

}  // namespace aimc::workloads
