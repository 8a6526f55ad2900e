#include "base/config/node.h"

#include <algorithm>
#include <array>

namespace aimc::config {

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node* Node::find(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == key; });
  return entry == entries.end() ? nullptr : &entry->second;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

bool Node::annotates_value() const {
  constexpr std::array<std::string_view, 5> keys = {"value", "kind", "source", "note", "uncertainty"};
  return kind == Kind::map && find("value") != nullptr &&
         std::all_of(entries.begin(), entries.end(),
                     [&](const auto& e) { return std::find(keys.begin(), keys.end(), e.first) != keys.end(); });
}

std::string_view describe(Node::Kind kind) {
  constexpr std::array<std::string_view, 4> names = {"nothing", "a scalar", "a list", "a mapping"};
  return names.at(static_cast<std::size_t>(kind));
}

void mark_as_user(Node& node) {
  node.user = true;
  for (Node& item : node.items) mark_as_user(item);
  for (auto& [key, value] : node.entries) mark_as_user(value);
}

namespace {

Node raised(Node node) {
  node.layer = std::max(node.layer, 1);
  for (Node& item : node.items) item = raised(std::move(item));
  for (auto& [key, value] : node.entries) value = raised(std::move(value));
  return node;
}

}  // namespace

Node merged(const Node& base, const Node& over) {
  const bool both_maps = base.kind == Node::Kind::map && over.kind == Node::Kind::map;
  if (!both_maps || base.annotates_value() || over.annotates_value()) return raised(over);
  Node result = base;
  for (const auto& [key, value] : over.entries) {
    if (Node* existing = result.find(key)) {
      *existing = merged(*existing, value);
    } else {
      result.entries.emplace_back(key, raised(value));
    }
  }
  return result;
}

}  // namespace aimc::config
