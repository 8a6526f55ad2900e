#include "workloads/text/byte_level.h"

#include "workloads/text/utf8.h"

namespace aimc::workloads {
namespace {

/// byte_of[c] for the code points of the alphabet, all below 0x144; -1 for others.
std::array<int, 0x144> make_alphabet() {
  std::array<int, 0x144> byte_of{};
  byte_of.fill(-1);
  std::size_t shifted =
      0x100;  // bytes without a printable Latin-1 character take the code points from U+0100 on, in order
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    byte_of[printable ? static_cast<std::size_t>(byte) : shifted++] = byte;
  }
  return byte_of;
}

}  // namespace

std::optional<std::string> byte_level_to_bytes(std::string_view entry) {
  static const std::array<int, 0x144> byte_of = make_alphabet();
  std::string bytes;
  for (std::size_t at = 0; at < entry.size();) {
    const Utf8Character character = utf8_character(entry, at);
    if (!character.valid || character.code_point >= byte_of.size() || byte_of[character.code_point] < 0)
      return std::nullopt;
    bytes += static_cast<char>(byte_of[character.code_point]);
    at += character.bytes;
  }
  return bytes;
}

std::string_view gpt2_split_pattern() {
  return R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
}

}  // namespace aimc::workloads
