#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "workloads/text/regex.h"
#include "workloads/text/section.h"

namespace aimc {
class JsonView;
}

namespace aimc::workloads {

/// The "pre_tokenizer" of a tokenizer.json: cuts a text into the pieces within which pairs may merge. Supported:
/// Sequence, ByteLevel, Split (Regex or String; Isolated or Removed) and Metaspace.
class PreTokenizer {
 public:
  /// The whole text is one piece.
  PreTokenizer() = default;
  /// Throws InputError for a step that is not supported.
  explicit PreTokenizer(const JsonView& json);

  /// The pieces, in order, as raw bytes (byte-level characters are never spelled out).
  [[nodiscard]] std::vector<std::string> split(std::string_view text, SectionStart start) const;
  /// Whether the vocabulary is spelled in the byte-level alphabet.
  [[nodiscard]] bool byte_level() const { return byte_level_; }

 private:
  struct Split {
    Regex pattern;
    bool keep_matches;
  };
  struct LeadingSpace {};  ///< ByteLevel with add_prefix_space
  struct Metaspace {
    enum class Prepend { never, first, always };
    std::string replacement;
    Prepend prepend;
    bool split;
  };
  using Step = std::variant<Split, LeadingSpace, Metaspace>;

  void add(const JsonView& json);
  void add_byte_level(const JsonView& json);
  void add_split(const JsonView& json);
  void add_metaspace(const JsonView& json);
  static std::vector<std::string> apply(const Split& step, const std::string& piece, SectionStart start);
  static std::vector<std::string> apply(const LeadingSpace& step, const std::string& piece, SectionStart start);
  static std::vector<std::string> apply(const Metaspace& step, const std::string& piece, SectionStart start);

  std::vector<Step> steps_;
  bool byte_level_ = false;
};

}  // namespace aimc::workloads
