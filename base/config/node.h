#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config/diagnostics.h"

namespace aimc::config {

/// One value of a parsed YAML document, with the place it was written. Keeps the order of keys.
struct Node {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string scalar;                                 ///< text as written, without quotes (kind == scalar)
  bool quoted = false;                                ///< written in quotes: never a number or a boolean
  bool user = false;                                  ///< set over a shipped file, by --set or a user's overlay
  int layer = 0;                                      ///< 0: in its file; 1: laid over a preset; 2: by --set
  std::vector<Node> items;                            ///< kind == list
  std::vector<std::pair<std::string, Node>> entries;  ///< kind == map
  Origin origin;

  // Out of line: implicit ones would need pair<string, Node> complete inside Node, which clang 19 refuses.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  /// Whether this is a value with its provenance, {value:, kind:, source:, uncertainty:, note:}, rather than a mapping
  /// of keys.
  [[nodiscard]] bool annotates_value() const;
};

/// "a scalar", "a list", ... for messages.
[[nodiscard]] std::string_view describe(Node::Kind kind);

/// Reads a YAML file; duplicate keys, unsupported tags or aliases, too deep or too large documents and syntax errors go
/// to the diagnostics with their line (and a null node comes back).
Node read_yaml_file(const std::filesystem::path& path, Diagnostics& diagnostics);
Node parse_yaml(const std::string& text, const std::string& file_name, Diagnostics& diagnostics);

/// Applies one "a.b.c=value" (list items by number: "deployments.0.seeds=3"; a key that holds dots in double quotes:
/// 'units."layers.*.q_proj"=analog'). The value is a scalar as written, or a list or mapping in YAML's flow style.
/// Creates missing maps; a mapping that annotates a value ({value:, kind:, source:}) has its value replaced and its
/// kind set to user, and its source and note dropped.
void apply_override(Node& root, const std::string& assignment, Diagnostics& diagnostics);

/// Marks every value as the user's own, so that its provenance is `user` wherever `merged` puts it.
void mark_as_user(Node& node);

/// Overlays `over` on `base`: maps merge key by key, everything else (annotated values too) is replaced.
Node merged(const Node& base, const Node& over);

/// The document as YAML text that reads back to the same tree.
std::string to_yaml(const Node& node);

}  // namespace aimc::config
