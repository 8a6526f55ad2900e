#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/config/diagnostics.h"
#include "base/config/node.h"
#include "base/config/provenance.h"
#include "base/config/value.h"

namespace aimc::config {

/// Where parsing reports to.
struct ParseContext {
  Diagnostics& diagnostics;
  ProvenanceTable& provenance;
};

/// One key of a mapping that holds a value (or a list of values), without the C++ types.
struct KeySpec {
  enum class Count { one, optional, list };
  std::string name;
  std::string sentence;
  ValueType type;
  Count count = Count::one;
  bool required = false;
  std::function<void(void* object, const std::vector<Value>& values)> store;
  std::function<std::vector<Value>(const void* object)> load;  ///< empty for an optional without a value
};

/// A key that means nothing beside what another key says. Written where the other one is, or over it, it is a mistake;
/// inherited from a preset that the other one was laid over, it goes back to its default.
struct UnusedKeySpec {
  std::string name, because;                        ///< this key, the other one
  std::function<bool(const void* object)> applies;  ///< it is given and means nothing
  std::function<void(void* object)> clear;          ///< puts its default back
  std::string message;
};

class SchemaCore;

/// One key of a mapping that holds a mapping, a list of mappings, or a mapping with free keys.
struct SectionSpec {
  enum class Count { one, optional, list, table };
  std::string name;
  std::string sentence;
  Count count = Count::one;
  bool required = false;
  std::shared_ptr<const SchemaCore> schema;
  /// The part of `object` to parse into; for lists and tables a new element (named `key` in a table).
  std::function<void*(void* object, const std::string& key)> open;
  std::function<void(void* object)> clear;  ///< empties a list or a table before a file's own elements
  /// The present parts of `object`, named in a table.
  std::function<std::vector<std::pair<std::string, const void*>>(const void* object)> parts;
};

/// The engine behind Schema<T>: a table of keys that knows nothing of T.
class SchemaCore {
 public:
  using Rule = std::function<void(const void* object, const std::function<void(std::string, std::string)>& error)>;

  explicit SchemaCore(std::function<std::shared_ptr<void>()> make_default) : make_default_(std::move(make_default)) {}
  KeySpec& add_key(KeySpec key);
  void add_section(SectionSpec section);
  void add_unused_key(UnusedKeySpec unused) { unused_keys_.push_back(std::move(unused)); }
  void add_rule(Rule rule) { rules_.push_back(std::move(rule)); }

  void parse(const Node& node, const std::string& key_path, void* object, ParseContext& context) const;
  /// The object as a document that parses back to it; an optional without a value is null.
  [[nodiscard]] Node to_node(const void* object) const;
  [[nodiscard]] std::string json_schema(const std::string& title) const;
  [[nodiscard]] std::string reference_markdown(const std::string& prefix) const;

  [[nodiscard]] const std::deque<KeySpec>& keys() const { return keys_; }
  [[nodiscard]] const std::deque<SectionSpec>& sections() const { return sections_; }
  /// The key's default as a file would write it; "" when there is none.
  [[nodiscard]] std::string default_text(const KeySpec& key) const;
  /// All names in the order they were added.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  void parse_section(const SectionSpec& section, const Node& node, const std::string& path, void* object,
                     ParseContext& context) const;
  void parse_absent_sections(const Node& node, const std::string& key_path, void* object, ParseContext& context) const;
  void settle_unused_keys(const Node& node, const std::string& key_path, void* object, ParseContext& context) const;
  void report_missing(const Node& node, const std::string& key_path, ParseContext& context) const;

  std::function<std::shared_ptr<void>()> make_default_;
  std::deque<KeySpec> keys_;
  std::deque<SectionSpec> sections_;
  std::vector<std::string> names_;
  std::vector<UnusedKeySpec> unused_keys_;
  std::vector<Rule> rules_;
};

/// Reads one key's value, annotated or not, records its provenance and stores it in the object.
void parse_key(const KeySpec& key, const Node& node, const std::string& path, void* object, ParseContext& context);

/// Joins key paths: "tile" and "adc" -> "tile.adc".
[[nodiscard]] std::string join_path(const std::string& parent, const std::string& key);

}  // namespace aimc::config
