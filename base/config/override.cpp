#include <charconv>

#include "base/config/node.h"

namespace aimc::config {
namespace {

const Origin command_line{"--set", 0};
constexpr int command_line_layer = 2;

Node user_map() {
  Node node;
  node.kind = Node::Kind::map;
  node.user = true;
  node.layer = command_line_layer;
  node.origin = command_line;
  return node;
}

/// Splits a.b."c.d" at the dots outside quotes; nothing when a part is empty or a quote is open.
std::optional<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : path) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  const bool has_empty = std::any_of(parts.begin(), parts.end(), [](const std::string& p) { return p.empty(); });
  if (quoted || has_empty) return std::nullopt;
  return parts;
}

/// The position of the '=' that ends the path: one outside quotes.
std::size_t equals_sign(std::string_view assignment) {
  bool quoted = false;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '"') quoted = !quoted;
    if (assignment[i] == '=' && !quoted) return i;
  }
  return std::string_view::npos;
}

Node parse_value(const std::string& text, Diagnostics& diagnostics) {
  Node node;
  if (text.starts_with('[') || text.starts_with('{') || text.starts_with('"')) {
    node = parse_yaml(text, "--set", diagnostics);
  } else if (!text.empty() && text != "null" && text != "~") {
    node.kind = Node::Kind::scalar;
    node.scalar = text;
  }
  const auto place_here = [](Node& at, const auto& self) -> void {
    at.origin = command_line;
    at.layer = command_line_layer;
    for (Node& item : at.items) self(item, self);
    for (auto& [key, value] : at.entries) self(value, self);
  };
  place_here(node, place_here);
  mark_as_user(node);
  return node;
}

/// The list item that a part of the path names, or nullptr with an error.
Node* list_item(Node& list, const std::string& part, const std::string& path, Diagnostics& diagnostics) {
  std::size_t index = 0;
  const auto end = part.data() + part.size();
  const auto result = std::from_chars(part.data(), end, index);
  if (result.ec != std::errc() || result.ptr != end || index >= list.items.size()) {
    diagnostics.error(command_line, path,
                      fmt::format("'{}' does not name one of the {} items (count from 0)", part, list.items.size()));
    return nullptr;
  }
  return &list.items[index];
}

Node* child(Node& node, const std::string& part, const std::string& path, Diagnostics& diagnostics) {
  if (node.kind == Node::Kind::list) return list_item(node, part, path, diagnostics);
  if (node.kind == Node::Kind::null) node = user_map();
  if (node.kind != Node::Kind::map) {
    diagnostics.error(command_line, path, fmt::format("'{}' is below {}, not a mapping", part, describe(node.kind)));
    return nullptr;
  }
  if (Node* existing = node.find(part)) return existing;
  node.entries.emplace_back(part, Node{});
  return &node.entries.back().second;
}

/// Replaces the value of an annotation; what was said about the old value is not true of the new one.
void replace_annotated(Node& annotation, Node value) {
  Node kind;
  kind.kind = Node::Kind::scalar;
  kind.scalar = "user";
  kind.origin = command_line;
  kind.user = true;
  kind.layer = command_line_layer;
  annotation.entries.clear();
  annotation.entries.emplace_back("value", std::move(value));
  annotation.entries.emplace_back("kind", std::move(kind));
  annotation.origin = command_line;
  annotation.user = true;
  annotation.layer = command_line_layer;
}

}  // namespace

void apply_override(Node& root, const std::string& assignment, Diagnostics& diagnostics) {
  const auto equals = equals_sign(assignment);
  const std::string path = assignment.substr(0, equals);
  const auto parts = split_path(path);
  if (equals == std::string::npos || !parts) {
    diagnostics.error(command_line, {}, fmt::format("'{}' is not of the form key.path=value", assignment));
    return;
  }
  Node value = parse_value(assignment.substr(equals + 1), diagnostics);
  Node* at = &root;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const bool last = i + 1 == parts->size();
    if (last && (*parts)[i] == "value" && at->annotates_value()) return replace_annotated(*at, std::move(value));
    at = child(*at, (*parts)[i], path, diagnostics);
    if (at == nullptr) return;
  }
  if (at->annotates_value() && value.kind != Node::Kind::map) return replace_annotated(*at, std::move(value));
  *at = std::move(value);
}

}  // namespace aimc::config
