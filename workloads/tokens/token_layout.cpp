#include "workloads/tokens/token_layout.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/check/error.h"
#include "base/files/mapped_file.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "base/random/stream.h"

namespace aimc::workloads {
namespace {

constexpr std::string_view magic = "AIMCTOK1";
constexpr std::size_t prefix_size = 16;  ///< the magic and the length of the header
constexpr std::size_t header_limit = std::size_t{1} << 20;
constexpr std::int64_t vocabulary_limit = std::int64_t{1} << 31;
constexpr std::int64_t token_limit = std::int64_t{1} << 48;  ///< products of sizes then stay below 2^63
constexpr std::int64_t length_limit = UINT32_MAX;

std::uint64_t read_u64(const std::byte* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);  // little endian on every machine this builds on
  return value;
}

/// 16 hex digits or nothing.
std::string read_fingerprint(const JsonView& view) {
  const std::string& text = view.text();
  const bool hex = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!text.empty() && (text.size() != 16 || !hex)) view.fail("is no fingerprint of 16 hex digits");
  return text;
}

TokenLayout layout_of(const JsonView& header) {
  TokenLayout layout;
  layout.info.vocabulary = header.at("vocabulary").integer(1, vocabulary_limit);
  layout.info.tokenizer = read_fingerprint(header.at("tokenizer"));
  layout.info.origin = header.at("origin").text();
  layout.info.sequences = header.at("sequences").integer(0, token_limit);
  layout.info.tokens = header.at("tokens").integer(0, token_limit);
  layout.id_bytes = id_bytes(layout.info.vocabulary);
  if (const auto length = header.find("length")) {
    layout.length = length->integer(1, length_limit);
    if (layout.info.tokens % layout.length != 0 || layout.info.tokens / layout.length != layout.info.sequences)
      header.at("tokens").fail(
          fmt::format("is {}, not {} sequences of {}", layout.info.tokens, layout.info.sequences, layout.length));
  } else if (layout.info.tokens < layout.info.sequences) {
    header.at("tokens").fail(
        fmt::format("is {}, less than one for each of {} sequences", layout.info.tokens, layout.info.sequences));
  }
  return layout;
}

}  // namespace

std::size_t TokenLayout::file_size() const { return ids_at + static_cast<std::size_t>(info.tokens) * id_bytes; }

std::size_t id_bytes(std::int64_t vocabulary) { return vocabulary <= 65536 ? 2 : 4; }

std::string token_header(const TokenFileInfo& info, std::int64_t length) {
  nlohmann::ordered_json header = {{"vocabulary", info.vocabulary},
                                   {"tokenizer", info.tokenizer},
                                   {"sequences", info.sequences},
                                   {"tokens", info.tokens}};
  if (length > 0) header["length"] = length;
  header["origin"] = info.origin;
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string bytes(magic);
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
  return bytes + text;
}

TokenLayout read_token_header(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  const auto fail = [&](const std::string& what) { return InputError(fmt::format("{}: {}", path.string(), what)); };
  if (bytes.size() < prefix_size || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
    throw fail("not a token file; aimcsim synthesize and aimcsim tokenize write them");
  const std::uint64_t size = read_u64(bytes.data() + magic.size());
  if (size > header_limit) throw fail(fmt::format("damaged: the header claims {} bytes", size));
  if (size > bytes.size() - prefix_size)
    throw fail(fmt::format("truncated: the header has {} bytes, the file {} after its first {}", size,
                           bytes.size() - prefix_size, prefix_size));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + prefix_size, size);
  const nlohmann::json header = parse_json(text, path.string());
  TokenLayout layout = layout_of(JsonView(header, path.string()));
  layout.lengths_at = prefix_size + size;
  const auto table = layout.length > 0 ? 0 : static_cast<std::size_t>(layout.info.sequences) * sizeof(std::uint32_t);
  layout.ids_at = layout.lengths_at + table;
  return layout;
}

void append_ids(std::span<const std::uint32_t> ids, std::int64_t vocabulary, std::string& to) {
  const std::size_t bytes = id_bytes(vocabulary);
  const std::size_t at = to.size();
  to.resize(at + ids.size() * bytes);
  char* out = to.data() + at;
  for (const std::uint32_t id : ids) {
    if (id >= vocabulary)
      throw InputError(
          fmt::format("token id {} is outside the vocabulary of {}: tokenizer and model do not belong "
                      "together",
                      id, vocabulary));
    std::memcpy(out, &id, bytes);  // the low bytes come first
    out += bytes;
  }
}

std::string file_fingerprint(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  const auto bytes = mapped.bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return fmt::format("{:016x}", RandomKey(0).child(text).bits());
}

std::string tokenizer_fingerprint(const std::filesystem::path& tokenizer_file) {
  return file_fingerprint(tokenizer_file);
}

}  // namespace aimc::workloads
