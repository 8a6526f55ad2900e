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
  std::vector<Node> items;                            ///< kind == list
  std::vector<std::pair<std::string, Node>> entries;  ///< kind == map
  Origin origin;

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
};

/// Reads a YAML file; duplicate keys, unsupported tags or aliases, too deep or too large documents and syntax errors go
/// to the diagnostics with their line (and a null node comes back).
Node read_yaml_file(const std::filesystem::path& path, Diagnostics& diagnostics);
Node parse_yaml(const std::string& text, const std::string& file_name, Diagnostics& diagnostics);

/// Applies one "a.b.c=value" (list items by number: "deployments.0.seeds=3"). Creates missing maps; a mapping that
/// annotates a value ({value:, kind:, source:}) has its value replaced and its kind set to user.
void apply_override(Node& root, const std::string& assignment, Diagnostics& diagnostics);

/// Overlays `over` on `base`: maps merge key by key, everything else is replaced.
Node merged(const Node& base, const Node& over);

/// The document as YAML text that reads back to the same tree.
std::string to_yaml(const Node& node);

}  // namespace aimc::config
