#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace aimc::workloads {

/// What a token file says about itself.
struct TokenFileInfo {
  std::int64_t vocabulary = 0;  ///< every id is below it
  std::string tokenizer;        ///< fingerprint of the tokenizer's file, 16 hex digits, or "" when there is none
  std::string origin;           ///< one line of JSON by the writer: model, seed, temperature ...
  std::int64_t sequences = 0, tokens = 0;
};

/// Where a token file has what; README.md draws it.
struct TokenLayout {
  TokenFileInfo info;
  std::int64_t length = 0;     ///< of every sequence; 0: a table of lengths stands before the ids
  std::size_t id_bytes = 2;    ///< 2 where the vocabulary is at most 65,536, else 4
  std::size_t lengths_at = 0;  ///< first byte after the header
  std::size_t ids_at = 0;
  [[nodiscard]] std::size_t file_size() const;
};

/// Bytes of one id.
[[nodiscard]] std::size_t id_bytes(std::int64_t vocabulary);

/// The bytes of the header, padded to a multiple of 8. length: of every sequence, or 0 for a table of lengths.
[[nodiscard]] std::string token_header(const TokenFileInfo& info, std::int64_t length);

/// Reads and checks the header at the beginning of a file's bytes; whether the rest is there is not asked. InputError
/// names the file and what is wrong.
[[nodiscard]] TokenLayout read_token_header(std::span<const std::byte> bytes, const std::filesystem::path& path);

/// The ids as they are stored, little endian. InputError for an id outside the vocabulary.
void append_ids(std::span<const std::uint32_t> ids, std::int64_t vocabulary, std::string& to);

/// A 64-bit hash of the bytes of a file, 16 hex digits. InputError when it cannot be read.
[[nodiscard]] std::string file_fingerprint(const std::filesystem::path& file);

/// The name of a tokenizer in token files: file_fingerprint of its file.
[[nodiscard]] std::string tokenizer_fingerprint(const std::filesystem::path& tokenizer_file);

}  // namespace aimc::workloads
