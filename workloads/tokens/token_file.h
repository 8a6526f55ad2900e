#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/files/mapped_file.h"
#include "workloads/tokens/token_layout.h"

namespace aimc::workloads {

/// A file of token sequences, mapped into memory (README.md has the layout). const and thread-safe.
class TokenFile {
 public:
  /// Reads and checks the whole header and the file's size. InputError names the file and what is wrong.
  explicit TokenFile(const std::filesystem::path& path);
  [[nodiscard]] const TokenFileInfo& info() const { return layout_.info; }
  /// Tokens of a sequence in [0, info().sequences).
  [[nodiscard]] std::int64_t length(std::int64_t sequence) const;
  /// The ids [first, first + to.size()) of a sequence, which must have them. InputError for an id outside the
  /// vocabulary.
  void read(std::int64_t sequence, std::int64_t first, std::span<std::uint32_t> to) const;
  /// All ids of a sequence.
  [[nodiscard]] std::vector<std::uint32_t> sequence(std::int64_t sequence) const;

 private:
  MappedFile file_;
  TokenLayout layout_;
  std::vector<std::int64_t> begin_;  ///< [sequences + 1] first token of each; empty when all are equally long
};

/// Sequences of token ids in memory.
struct TokenSequences {
  std::int64_t vocabulary = 0;
  std::string tokenizer;  ///< as TokenFileInfo::tokenizer
  std::string origin;     ///< as TokenFileInfo::origin
  std::vector<std::vector<std::uint32_t>> sequences;
};

/// Writes a token file, complete or not at all. InputError for an id outside the vocabulary, OutputError when it cannot
/// be written.
void write_token_file(const std::filesystem::path& path, const TokenSequences& content);

}  // namespace aimc::workloads
