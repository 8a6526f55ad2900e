#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace aimc::workloads {

/// The alphabet of byte-level BPE: every byte has a printable character that stands for it in vocabularies ("Ġ" for the
/// space). Source: GPT-2, encoder.py, bytes_to_unicode.
/// The bytes that a vocabulary entry stands for; nothing if it holds a character outside the alphabet.
[[nodiscard]] std::optional<std::string> byte_level_to_bytes(std::string_view entry);

/// The pattern that GPT-2 cuts a text with before byte-pair encoding (encoder.py), as PCRE2 reads it.
[[nodiscard]] std::string_view gpt2_split_pattern();

}  // namespace aimc::workloads
