#include <fmt/ranges.h>

#include "base/check/error.h"
#include "base/config/nearest.h"
#include "base/config/scalar.h"
#include "base/config/schema_core.h"

namespace aimc::config {
namespace {

/// The text of a value as written, for the provenance table.
std::string as_written(const Node& node) {
  if (node.kind == Node::Kind::scalar) return node.scalar;
  if (node.kind == Node::Kind::null) return "null";
  std::vector<std::string> items;
  items.reserve(node.items.size());
  for (const Node& item : node.items) items.push_back(as_written(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

/// Reads what stands beside the value in {value:, kind:, source:, uncertainty:, note:}.
Provenance read_annotation(const Node& node, const std::string& path, Diagnostics& diagnostics) {
  Provenance provenance;
  for (const auto& [key, value] : node.entries) {
    if (key == "value") continue;
    if (value.kind != Node::Kind::scalar) {
      diagnostics.error(value.origin, join_path(path, key),
                        fmt::format("expected a text, got {}", describe(value.kind)));
    } else if (key == "source") {
      provenance.source = value.scalar;
    } else if (key == "note") {
      provenance.note = value.scalar;
    } else if (key == "uncertainty") {
      provenance.uncertainty = parse_uncertainty(value.scalar);
      if (!provenance.uncertainty)
        diagnostics.error(value.origin, join_path(path, key),
                          fmt::format("'{}' is not {}", value.scalar, uncertainty_forms));
    } else if (const auto kind = value_kind(value.scalar)) {
      provenance.kind = *kind;
    } else {
      diagnostics.error(value.origin, join_path(path, key),
                        fmt::format("'{}' is not one of published, derived, assumed, user", value.scalar));
    }
  }
  if (provenance.kind == ValueKind::published && provenance.source.empty()) {
    diagnostics.error(node.origin, path, "is marked published but names no source");
  }
  return provenance;
}

/// The node that holds the value itself, or nullptr (with errors) when an annotation is malformed.
const Node* value_node(const Node& node, const std::string& path, Provenance& provenance, Diagnostics& diagnostics) {
  if (node.kind != Node::Kind::map) return &node;
  if (node.annotates_value()) {
    provenance = read_annotation(node, path, diagnostics);
    return node.find("value");
  }
  const std::vector<std::string> allowed = {"value", "kind", "source", "uncertainty", "note"};
  if (node.find("value") == nullptr) {
    diagnostics.error(node.origin, path,
                      "expected a value, or a mapping with the keys value, kind, source, uncertainty, note");
    return nullptr;
  }
  for (const auto& [key, value] : node.entries) {
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    const std::string near = nearest(key, allowed);
    diagnostics.error(value.origin, join_path(path, key),
                      near.empty() ? "unknown key; an annotated value has value, kind, source, uncertainty, note"
                                   : fmt::format("unknown key; did you mean '{}'?", near));
  }
  return nullptr;
}

/// The values of the key, or nothing when there were errors.
std::optional<std::vector<Value>> read_values(const KeySpec& key, const Node& node, const std::string& path,
                                              Diagnostics& diagnostics) {
  std::vector<Value> values;
  if (key.count == KeySpec::Count::optional && node.kind == Node::Kind::null) return values;
  const bool is_list = key.count == KeySpec::Count::list;
  if (is_list && node.kind != Node::Kind::list) {
    diagnostics.error(
        node.origin, path,
        fmt::format("expected a list, each item {}, got {}", expectation(key.type),
                    node.kind == Node::Kind::scalar ? "'" + node.scalar + "'" : std::string(describe(node.kind))));
    return std::nullopt;
  }
  bool ok = true;
  const std::size_t count = is_list ? node.items.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const Node& item = is_list ? node.items[i] : node;
    try {
      values.push_back(read_scalar(item, key.type));
    } catch (const ConfigError& error) {
      diagnostics.error(item.origin, is_list ? join_path(path, std::to_string(i)) : path, error.what());
      ok = false;
    }
  }
  return ok ? std::optional(std::move(values)) : std::nullopt;
}

}  // namespace

void parse_key(const KeySpec& key, const Node& node, const std::string& path, void* object, ParseContext& context) {
  Provenance provenance;
  const Node* value = value_node(node, path, provenance, context.diagnostics);
  if (value == nullptr) return;
  const auto values = read_values(key, *value, path, context.diagnostics);
  if (!values) return;
  key.store(object, *values);
  provenance.value = as_written(*value);
  provenance.where = value->origin.text();
  if (node.user || value->user) provenance.kind = ValueKind::user;
  context.provenance[path] = std::move(provenance);
}

}  // namespace aimc::config
