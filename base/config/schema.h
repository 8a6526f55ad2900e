#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/config/schema_core.h"

namespace aimc::config {

namespace detail {
/// The scalar inside a member: V itself, or the V of std::optional<V> and std::vector<V>.
template <class V>
struct MemberOf {
  using Scalar = V;
  static constexpr KeySpec::Count count = KeySpec::Count::one;
};
template <class V>
struct MemberOf<std::optional<V>> {
  using Scalar = V;
  static constexpr KeySpec::Count count = KeySpec::Count::optional;
};
template <class V>
struct MemberOf<std::vector<V>> {
  using Scalar = V;
  static constexpr KeySpec::Count count = KeySpec::Count::list;
};

template <class V>
void store(V& member, const std::vector<Value>& values) {
  using Scalar = typename MemberOf<V>::Scalar;
  if constexpr (MemberOf<V>::count == KeySpec::Count::list) {
    member.clear();
    for (const Value& value : values) member.push_back(from_value<Scalar>(value));
  } else if (!values.empty()) {
    member = from_value<Scalar>(values.front());
  } else {
    member = V{};
  }
}

template <class V>
std::vector<Value> load(const V& member) {
  std::vector<Value> values;
  if constexpr (MemberOf<V>::count == KeySpec::Count::list) {
    for (const auto& element : member) values.push_back(to_value<typename MemberOf<V>::Scalar>(element));
  } else if constexpr (MemberOf<V>::count == KeySpec::Count::optional) {
    if (member) values.push_back(to_value(*member));
  } else {
    values.push_back(to_value(member));
  }
  return values;
}
}  // namespace detail

/// What else holds for a key; returned by Schema::key for chaining. V is the scalar's type.
template <class V>
class KeyOptions {
 public:
  explicit KeyOptions(KeySpec& spec) : spec_(&spec) {}
  /// A file must give it.
  KeyOptions& required() { return spec_->required = true, *this; }
  /// Smallest and largest allowed value, both included.
  KeyOptions& range(V lowest, V highest) { return minimum(lowest).maximum(highest); }
  KeyOptions& minimum(V lowest) { return spec_->type.lowest = as_number(to_value(lowest)), *this; }
  KeyOptions& maximum(V highest) { return spec_->type.highest = as_number(to_value(highest)), *this; }
  /// Above zero.
  KeyOptions& positive() { return spec_->type.positive = true, *this; }
  /// The names of an enum's values (all of them), or the allowed texts of a string.
  KeyOptions& choices(const std::vector<std::pair<std::string, V>>& names)
    requires std::is_enum_v<V>
  {
    for (const auto& [name, value] : names) spec_->type.choices.emplace_back(name, static_cast<std::int64_t>(value));
    return *this;
  }

 private:
  KeySpec* spec_;
};

/// Describes how struct T is written in YAML: one table of keys gives the parser, its messages, the JSON Schema and the
/// reference page. What T{} holds is the default. Copies share the same table.
template <class T>
class Schema {
 public:
  using ErrorAt = std::function<void(std::string key, std::string message)>;

  Schema()
      : core_(std::make_shared<SchemaCore>([] { return std::static_pointer_cast<void>(std::make_shared<T>()); })) {}

  /// A key with a value. V: bool, an integer, double, float, std::string, std::filesystem::path (taken relative to the
  /// file it is written in), an enum (with choices), a quantity (with its unit; not negative unless minimum() says so),
  /// or std::optional (null empties it) or std::vector of those. `sentence` says what it is, for people.
  template <class V>
  KeyOptions<typename detail::MemberOf<V>::Scalar> key(std::string name, V T::* member, std::string sentence) {
    KeySpec spec;
    spec.name = std::move(name);
    spec.sentence = std::move(sentence);
    spec.type = value_type<typename detail::MemberOf<V>::Scalar>();
    spec.count = detail::MemberOf<V>::count;
    spec.store = [member](void* object, const std::vector<Value>& values) {
      detail::store(static_cast<T*>(object)->*member, values);
    };
    spec.load = [member](const void* object) { return detail::load(static_cast<const T*>(object)->*member); };
    return KeyOptions<typename detail::MemberOf<V>::Scalar>(core_->add_key(std::move(spec)));
  }

  /// A nested mapping.
  template <class S>
  void section(std::string name, S T::* member, const Schema<S>& schema, std::string sentence, bool required = false) {
    SectionSpec spec = section_spec(std::move(name), std::move(sentence), SectionSpec::Count::one, schema.core());
    spec.required = required;
    spec.open = [member](void* object, const std::string&) -> void* { return &(static_cast<T*>(object)->*member); };
    spec.parts = [member](const void* object) { return Parts{{"", &(static_cast<const T*>(object)->*member)}}; };
    core_->add_section(std::move(spec));
  }

  /// A nested mapping that may be absent or null.
  template <class S>
  void section(std::string name, std::optional<S> T::* member, const Schema<S>& schema, std::string sentence) {
    SectionSpec spec = section_spec(std::move(name), std::move(sentence), SectionSpec::Count::optional, schema.core());
    spec.open = [member](void* object, const std::string&) -> void* {
      auto& part = static_cast<T*>(object)->*member;
      if (!part) part.emplace();
      return &*part;
    };
    spec.clear = [member](void* object) { (static_cast<T*>(object)->*member).reset(); };
    spec.parts = [member](const void* object) {
      const auto& part = static_cast<const T*>(object)->*member;
      return part ? Parts{{"", &*part}} : Parts{};
    };
    core_->add_section(std::move(spec));
  }

  /// A nested mapping that may be absent or null and then leaves S{}; `given` tells from S whether a file gave it.
  template <class S>
  void optional_section(std::string name, S T::* member, const Schema<S>& schema, std::string sentence,
                        std::function<bool(const S&)> given) {
    SectionSpec spec = section_spec(std::move(name), std::move(sentence), SectionSpec::Count::optional, schema.core());
    spec.open = [member](void* object, const std::string&) -> void* { return &(static_cast<T*>(object)->*member); };
    spec.clear = [member](void* object) { static_cast<T*>(object)->*member = S{}; };
    spec.parts = [member, given = std::move(given)](const void* object) {
      const S& part = static_cast<const T*>(object)->*member;
      return given(part) ? Parts{{"", &part}} : Parts{};
    };
    core_->add_section(std::move(spec));
  }

  /// A list of mappings; a file's list replaces the default one.
  template <class S>
  void list(std::string name, std::vector<S> T::* member, const Schema<S>& item, std::string sentence,
            bool required = false) {
    SectionSpec spec = section_spec(std::move(name), std::move(sentence), SectionSpec::Count::list, item.core());
    spec.required = required;
    spec.open = [member](void* object, const std::string&) -> void* {
      return &(static_cast<T*>(object)->*member).emplace_back();
    };
    spec.clear = [member](void* object) { (static_cast<T*>(object)->*member).clear(); };
    spec.parts = [member](const void* object) {
      Parts parts;
      for (const S& part : static_cast<const T*>(object)->*member) parts.emplace_back("", &part);
      return parts;
    };
    core_->add_section(std::move(spec));
  }

  /// A mapping whose keys are free names and whose values are mappings; a file's table replaces the default one.
  template <class S>
  void table(std::string name, std::map<std::string, S> T::* member, const Schema<S>& item, std::string sentence,
             bool required = false) {
    SectionSpec spec = section_spec(std::move(name), std::move(sentence), SectionSpec::Count::table, item.core());
    spec.required = required;
    spec.open = [member](void* object, const std::string& key) -> void* {
      return &(static_cast<T*>(object)->*member)[key];
    };
    spec.clear = [member](void* object) { (static_cast<T*>(object)->*member).clear(); };
    spec.parts = [member](const void* object) {
      Parts parts;
      for (const auto& [key, part] : static_cast<const T*>(object)->*member) parts.emplace_back(key, &part);
      return parts;
    };
    core_->add_section(std::move(spec));
  }

  /// A mapping that is read in a way of its own; its objects are parts of T.
  void section(SectionSpec spec) { core_->add_section(std::move(spec)); }

  /// The key of `member` means nothing when `idle` holds, because of what the key `because` says. Giving it a value
  /// other than its default is an error then, unless it comes from a preset that `because` was laid over: it gets its
  /// default back. Settled in the order added, before the rules of check().
  template <class V>
  void unused(std::string name, V T::* member, std::string because, std::function<bool(const T&)> idle,
              std::string message) {
    UnusedKeySpec spec;
    spec.name = std::move(name);
    spec.because = std::move(because);
    spec.applies = [member, idle = std::move(idle)](const void* object) {
      const T& at = *static_cast<const T*>(object);
      return idle(at) && at.*member != T{}.*member;
    };
    spec.clear = [member](void* object) { static_cast<T*>(object)->*member = T{}.*member; };
    spec.message = std::move(message);
    core_->add_unused_key(std::move(spec));
  }

  /// A rule over several keys, run when each key alone is right; `error` names the key at fault ("" for the mapping).
  void check(std::function<void(const T&, const ErrorAt& error)> rule) {
    core_->add_rule([rule = std::move(rule)](const void* object, const ErrorAt& error) {
      rule(*static_cast<const T*>(object), error);
    });
  }

  /// Reads a mapping into `out`, whose values are the defaults. Every mistake goes to context.diagnostics (keys in
  /// error keep their default), the provenance of each value given to context.provenance under key_path.
  void parse(const Node& node, const std::string& key_path, T& out, ParseContext& context) const {
    core_->parse(node, key_path, &out, context);
  }

  /// The document that parses to `object`, defaults written out: the resolved configuration.
  [[nodiscard]] Node to_node(const T& object) const { return core_->to_node(&object); }

  /// A JSON Schema (draft 2020-12) as indented JSON text.
  [[nodiscard]] std::string json_schema(const std::string& title) const { return core_->json_schema(title); }

  /// One Markdown table for these keys and one for each section below, headed by their key paths.
  [[nodiscard]] std::string reference_markdown(const std::string& prefix) const {
    return core_->reference_markdown(prefix);
  }

  [[nodiscard]] std::shared_ptr<const SchemaCore> core() const { return core_; }

 private:
  using Parts = std::vector<std::pair<std::string, const void*>>;

  static SectionSpec section_spec(std::string name, std::string sentence, SectionSpec::Count count,
                                  std::shared_ptr<const SchemaCore> schema) {
    SectionSpec spec;
    spec.name = std::move(name);
    spec.sentence = std::move(sentence);
    spec.count = count;
    spec.schema = std::move(schema);
    return spec;
  }

  std::shared_ptr<SchemaCore> core_;
};

}  // namespace aimc::config
