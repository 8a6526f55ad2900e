#include "workloads/text/token_decoder.h"

#include "base/json/view.h"
#include "workloads/text/byte_level.h"
#include "workloads/text/normalizer.h"

namespace aimc::workloads {
namespace {

/// The value of "<0x41>", or -1.
int fallback_byte(std::string_view entry) {
  if (entry.size() != 6 || !entry.starts_with("<0x") || entry.back() != '>') return -1;
  int value = 0;
  for (const char digit : entry.substr(3, 2)) {
    const std::size_t at = std::string_view("0123456789ABCDEF").find(digit);
    if (at == std::string_view::npos) return -1;
    value = 16 * value + static_cast<int>(at);
  }
  return value;
}

}  // namespace

TokenDecoder::TokenDecoder(const JsonView& json) { add(json); }

void TokenDecoder::add(const JsonView& json) {
  const std::string& type = json.at("type").text();
  if (type == "Sequence") {
    const JsonView list = json.at("decoders");
    for (std::size_t i = 0; i < list.size(); ++i) add(list.item(i));
  } else if (type == "ByteLevel") {
    byte_level_ = true;
  } else if (type == "ByteFallback") {
    byte_fallback_ = true;
  } else if (type == "Replace") {
    const std::string& from = json.at("pattern").at("String").text();
    if (from.empty()) json.at("pattern").fail("replacing an empty string is not possible");
    replacements_.emplace_back(from, json.at("content").text());
  } else if (type == "Metaspace") {
    replacements_.emplace_back(json.at("replacement").text(), " ");
    if (replacements_.back().first.empty()) json.at("replacement").fail("is empty");
    const auto scheme = json.find("prepend_scheme");
    if (!scheme || scheme->text() != "never") stripped_ = " ", largest_stripped_ = 1;
  } else if (type == "Strip") {
    stripped_ = json.at("content").text();
    largest_stripped_ = json.at("start").integer(0, 1 << 20);
    if (stripped_.size() != 1) json.at("content").fail("stripping anything but one ASCII character is not supported");
    if (json.at("stop").integer(0, 1 << 20) != 0) json.at("stop").fail("stripping the end of a text is not supported");
  } else if (type != "Fuse") {
    json.at("type").fail("the decoder '" + type +
                         "' is not supported; supported are Sequence, ByteLevel, Replace, "
                         "ByteFallback, Fuse, Strip and Metaspace");
  }
}

std::string TokenDecoder::bytes(const std::string& entry) const {
  if (byte_level_) {
    if (const auto raw = byte_level_to_bytes(entry)) return *raw;
  }
  if (const int byte = byte_fallback_ ? fallback_byte(entry) : -1; byte >= 0) return {static_cast<char>(byte)};
  std::string text = entry;
  for (const auto& [from, to] : replacements_) text = replaced(text, from, to);
  return text;
}

void TokenDecoder::strip(std::string& text) const {
  std::size_t count = 0;
  while (static_cast<std::int64_t>(count) < largest_stripped_ && text.substr(count, 1) == stripped_) ++count;
  text.erase(0, count);
}

}  // namespace aimc::workloads
