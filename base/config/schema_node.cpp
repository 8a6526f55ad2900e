#include "base/config/scalar.h"
#include "base/config/schema_core.h"

namespace aimc::config {
namespace {

Node scalar_node(const Value& value, const ValueType& type) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = written(value, type);
  // A text such as "12" or "true" must not come back as another type; the other kinds are never ambiguous.
  node.quoted = type.kind == ValueType::Kind::text;
  return node;
}

Node key_node(const KeySpec& key, const std::vector<Value>& values) {
  if (key.count != KeySpec::Count::list) return values.empty() ? Node{} : scalar_node(values.front(), key.type);
  Node list;
  list.kind = Node::Kind::list;
  for (const Value& value : values) list.items.push_back(scalar_node(value, key.type));
  return list;
}

Node section_node(const SectionSpec& section, const void* object) {
  using Count = SectionSpec::Count;
  Node node;
  node.kind = section.count == Count::list ? Node::Kind::list : Node::Kind::map;
  for (const auto& [name, part] : section.parts(object)) {
    Node content = section.schema->to_node(part);
    if (section.count == Count::list) {
      node.items.push_back(std::move(content));
    } else if (section.count == Count::table) {
      node.entries.emplace_back(name, std::move(content));
    } else {
      return content;
    }
  }
  return section.count == Count::optional ? Node{} : node;
}

}  // namespace

Node SchemaCore::to_node(const void* object) const {
  Node node;
  node.kind = Node::Kind::map;
  for (const std::string& name : names_) {
    for (const KeySpec& key : keys_) {
      if (key.name == name) node.entries.emplace_back(name, key_node(key, key.load(object)));
    }
    for (const SectionSpec& section : sections_) {
      if (section.name == name) node.entries.emplace_back(name, section_node(section, object));
    }
  }
  return node;
}

}  // namespace aimc::config
