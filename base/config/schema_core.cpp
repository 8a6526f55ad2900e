#include "base/config/schema_core.h"

#include <fmt/ranges.h>

#include <set>

#include "base/check/check.h"
#include "base/config/nearest.h"
#include "base/config/scalar.h"

namespace aimc::config {
namespace {

template <class Spec>
const Spec* find_named(const std::deque<Spec>& specs, const std::string& name) {
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

std::string unknown_key_message(const std::string& key, const std::vector<std::string>& names) {
  if (const std::string near = nearest(key, names); !near.empty()) {
    return fmt::format("unknown key; did you mean '{}'?", near);
  }
  return fmt::format("unknown key; valid keys here are {}", fmt::join(names, ", "));
}

}  // namespace

std::string join_path(const std::string& parent, const std::string& key) {
  return parent.empty() ? key : parent + "." + key;
}

KeySpec& SchemaCore::add_key(KeySpec key) {
  AIMC_CHECK(std::find(names_.begin(), names_.end(), key.name) == names_.end(), "key {} twice", key.name);
  names_.push_back(key.name);
  keys_.push_back(std::move(key));
  return keys_.back();
}

void SchemaCore::add_section(SectionSpec section) {
  AIMC_CHECK(std::find(names_.begin(), names_.end(), section.name) == names_.end(), "key {} twice", section.name);
  names_.push_back(section.name);
  sections_.push_back(std::move(section));
}

void SchemaCore::parse(const Node& node, const std::string& key_path, void* object, ParseContext& context) const {
  // An empty document or section is a mapping without keys.
  if (node.kind != Node::Kind::map && node.kind != Node::Kind::null) {
    context.diagnostics.error(
        node.origin, key_path,
        fmt::format("expected a mapping with the keys {}, got {}", fmt::join(names_, ", "), describe(node.kind)));
    return;
  }
  const std::size_t errors_before = context.diagnostics.messages().size();
  for (const auto& [name, value] : node.entries) {
    const std::string path = join_path(key_path, name);
    if (const KeySpec* key = find_named(keys_, name)) {
      parse_key(*key, value, path, object, context);
    } else if (const SectionSpec* section = find_named(sections_, name)) {
      parse_section(*section, value, path, object, context);
    } else {
      context.diagnostics.error(value.origin, path, unknown_key_message(name, names_));
    }
  }
  report_missing(node, key_path, context);
  parse_absent_sections(node, key_path, object, context);
  if (context.diagnostics.messages().size() > errors_before) return;  // rules may rely on each key alone being right
  settle_unused_keys(node, key_path, object, context);
  for (const Rule& rule : rules_) {
    rule(object, [&](const std::string& key, const std::string& message) {
      const Node* written = node.find(key);
      context.diagnostics.error(written != nullptr ? written->origin : node.origin,
                                key.empty() ? key_path : join_path(key_path, key), message);
    });
  }
}

void SchemaCore::settle_unused_keys(const Node& node, const std::string& key_path, void* object,
                                    ParseContext& context) const {
  std::set<std::string> refused;
  for (const UnusedKeySpec& unused : unused_keys_) {
    if (refused.contains(unused.name) || !unused.applies(object)) continue;
    const Node* key = node.find(unused.name);
    const Node* because = node.find(unused.because);
    const std::string path = join_path(key_path, unused.name);
    if (key != nullptr && because != nullptr && key->layer < because->layer) {
      unused.clear(object);
      context.provenance.erase(path);
    } else {
      context.diagnostics.error(key != nullptr ? key->origin : node.origin, path, unused.message);
      refused.insert(unused.name);
    }
  }
}

void SchemaCore::report_missing(const Node& node, const std::string& key_path, ParseContext& context) const {
  const auto report = [&](const auto& spec) {
    if (!spec.required || node.find(spec.name) != nullptr) return;
    context.diagnostics.error(node.origin, key_path,
                              fmt::format("the key '{}' is missing: {}", spec.name, spec.sentence));
  };
  for (const KeySpec& key : keys_) report(key);
  for (const SectionSpec& section : sections_) report(section);
}

void SchemaCore::parse_absent_sections(const Node& node, const std::string& key_path, void* object,
                                       ParseContext& context) const {
  // A section left out is an empty one: what is required inside it is still missing, its rules still hold.
  Node empty;
  empty.kind = Node::Kind::map;
  empty.origin = node.origin;
  for (const SectionSpec& section : sections_) {
    if (section.count != SectionSpec::Count::one || section.required || node.find(section.name) != nullptr) continue;
    section.schema->parse(empty, join_path(key_path, section.name), section.open(object, {}), context);
  }
}

void SchemaCore::parse_section(const SectionSpec& section, const Node& node, const std::string& path, void* object,
                               ParseContext& context) const {
  using Count = SectionSpec::Count;
  const bool is_list = section.count == Count::list;
  if (node.kind == Node::Kind::null && section.count == Count::optional) return section.clear(object);
  if (is_list || section.count == Count::table) {
    const Node::Kind expected = is_list ? Node::Kind::list : Node::Kind::map;
    if (node.kind != expected && node.kind != Node::Kind::null) {
      context.diagnostics.error(node.origin, path,
                                fmt::format("expected {}, got {}", describe(expected), describe(node.kind)));
      return;
    }
    section.clear(object);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      section.schema->parse(node.items[i], join_path(path, std::to_string(i)), section.open(object, {}), context);
    }
    for (const auto& [key, value] : node.entries) {
      section.schema->parse(value, join_path(path, key), section.open(object, key), context);
    }
    return;
  }
  section.schema->parse(node, path, section.open(object, {}), context);
}

std::string SchemaCore::default_text(const KeySpec& key) const {
  if (key.required) return {};
  const std::shared_ptr<void> object = make_default_();
  const std::vector<Value> values = key.load(object.get());
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const Value& value : values) texts.push_back(written(value, key.type));
  if (key.count == KeySpec::Count::list) return fmt::format("[{}]", fmt::join(texts, ", "));
  return texts.empty() ? "" : texts.front();
}

}  // namespace aimc::config
