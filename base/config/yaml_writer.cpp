#include "base/config/node.h"

namespace aimc::config {
namespace {

bool is_plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL" || text == "<<") return false;
  constexpr std::string_view safe_first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+";
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-* ";
  if (text.starts_with("...")) return false;  // ends a document
  const bool negative_number = text.size() > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9';
  return (safe_first.find(text[0]) != std::string_view::npos || negative_number) && text.back() != ' ' &&
         text.find_first_not_of(safe) == std::string::npos;
}

std::string double_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string inline_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::list:
      return "[]";
    case Node::Kind::map:
      return "{}";
    case Node::Kind::scalar:
      break;
  }
  return node.quoted || !is_plain(node.scalar) ? double_quoted(node.scalar) : node.scalar;
}

bool is_inline(const Node& node) { return node.items.empty() && node.entries.empty(); }

/// Appends a mapping or a list; its first line starts where the cursor is, the others at `indent`.
void write_block(const Node& node, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  bool first = true;
  for (const auto& [key, value] : node.entries) {
    if (!first) out += margin;
    first = false;
    out += (is_plain(key) ? key : double_quoted(key)) + ":";
    if (is_inline(value)) {
      out += " " + inline_text(value) + "\n";
    } else {
      out += "\n" + margin + "  ";
      write_block(value, indent + 2, out);
    }
  }
  for (const Node& item : node.items) {
    if (!first) out += margin;
    first = false;
    out += "- ";
    if (is_inline(item)) {
      out += inline_text(item) + "\n";
    } else {
      write_block(item, indent + 2, out);
    }
  }
}

}  // namespace

std::string to_yaml(const Node& node) {
  if (is_inline(node)) return inline_text(node) + "\n";
  std::string out;
  write_block(node, 0, out);
  return out;
}

}  // namespace aimc::config
