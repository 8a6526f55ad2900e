#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aimc::workloads {

/// The character that starts at a byte of a text.
struct Utf8Character {
  std::size_t bytes = 1;  ///< its length; 1 when the byte starts no valid UTF-8 character
  bool valid = false;
  std::uint32_t code_point = 0;  ///< when valid
};

/// Reads the character at text[at], at < text.size(). Overlong forms and surrogates are invalid (RFC 3629).
[[nodiscard]] Utf8Character utf8_character(std::string_view text, std::size_t at);

/// The UTF-8 form of a code point up to 0x10FFFF.
[[nodiscard]] std::string to_utf8(std::uint32_t code_point);

}  // namespace aimc::workloads
