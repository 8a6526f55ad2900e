#include <nlohmann/json.hpp>

#include "base/check/check.h"
#include "base/config/scalar.h"
#include "base/config/schema_core.h"

namespace aimc::config {
namespace {

using Json = nlohmann::ordered_json;
using Kind = ValueType::Kind;

Json number_schema(const ValueType& type, const char* json_type) {
  Json json = {{"type", json_type}};
  // Bounds such as the limits of int64 are not exact in JSON's doubles and tell an editor nothing.
  if (type.lowest && std::abs(*type.lowest) < 0x1p53) json["minimum"] = *type.lowest;
  if (type.highest && std::abs(*type.highest) < 0x1p53) json["maximum"] = *type.highest;
  if (type.positive) json["exclusiveMinimum"] = 0;
  return json;
}

std::string escaped(std::string_view symbol) {
  std::string out;
  for (const char c : symbol) {
    if (c == '/') out += '\\';
    out += c;
  }
  return out;
}

/// A regular expression of "<number> <prefix><unit>".
std::string quantity_pattern(const units::Dimension& dimension) {
  std::string alternatives;
  for (const units::Unit& unit : dimension.units) {
    if (!alternatives.empty()) alternatives += '|';
    std::string prefixes = unit.si_prefixes ? "[fpnum\\u00b5\\u03bckMGT]" : "";
    if (unit.size_prefixes) prefixes += "|[KMGT]i";
    alternatives += (prefixes.empty() ? "" : "(" + prefixes + ")?") + escaped(unit.symbol);
  }
  return "^\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*(" + alternatives + ")\\s*$";
}

Json scalar_schema(const ValueType& type) {
  switch (type.kind) {
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::integer:
    case Kind::unsigned_integer:
      return number_schema(type, "integer");
    case Kind::real:
      return number_schema(type, "number");
    case Kind::text:  // 12 and true are texts too where a text is expected
      return {{"type", {"string", "number", "boolean"}}};
    case Kind::path:
      return {{"type", "string"}};
    case Kind::choice: {
      Json names = Json::array();
      for (const auto& [name, number] : type.choices) names.push_back(name);
      return {{"enum", names}};
    }
    case Kind::quantity:
      return {{"type", "string"},
              {"pattern", quantity_pattern(*type.dimension)},
              {"examples", Json::array({std::string(type.dimension->example)})}};
  }
  AIMC_CHECK(false);
}

/// The value itself, or the value with its provenance.
Json annotatable(const Json& value) {
  const Json annotated = {{"type", "object"},
                          {"properties",
                           {{"value", value},
                            {"kind", {{"enum", {"published", "derived", "assumed", "user"}}}},
                            {"source", {{"type", "string"}}},
                            {"uncertainty", {{"type", "string"}, {"examples", {"30 %", "x2"}}}},
                            {"note", {{"type", "string"}}}}},
                          {"required", Json::array({"value"})},
                          {"additionalProperties", false}};
  return {{"anyOf", Json::array({value, annotated})}};
}

Json key_schema(const KeySpec& key, const std::string& default_text) {
  Json value = scalar_schema(key.type);
  if (key.count == KeySpec::Count::list) value = {{"type", "array"}, {"items", value}};
  if (key.count == KeySpec::Count::optional) value = {{"anyOf", Json::array({value, {{"type", "null"}}})}};
  Json json = annotatable(value);
  const std::string range = range_text(key.type);
  json["description"] = key.sentence + (range.empty() ? "" : " Allowed: " + range + ".") +
                        (default_text.empty() ? "" : " Default: " + default_text + ".");
  return json;
}

Json object_schema(const SchemaCore& schema);

Json section_schema(const SectionSpec& section) {
  const Json content = object_schema(*section.schema);
  Json json;
  switch (section.count) {
    case SectionSpec::Count::one:
      json = content;
      break;
    case SectionSpec::Count::optional:
      json = {{"anyOf", Json::array({content, {{"type", "null"}}})}};
      break;
    case SectionSpec::Count::list:
      json = {{"type", "array"}, {"items", content}};
      break;
    case SectionSpec::Count::table:
      json = {{"type", "object"}, {"additionalProperties", content}};
      break;
  }
  json["description"] = section.sentence;
  return json;
}

Json object_schema(const SchemaCore& schema) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const KeySpec& key : schema.keys()) {
    properties[key.name] = key_schema(key, schema.default_text(key));
    if (key.required) required.push_back(key.name);
  }
  for (const SectionSpec& section : schema.sections()) {
    properties[section.name] = section_schema(section);
    if (section.required) required.push_back(section.name);
  }
  Json json = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) json["required"] = required;
  return json;
}

}  // namespace

std::string SchemaCore::json_schema(const std::string& title) const {
  Json json = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  json.update(object_schema(*this));
  return json.dump(2) + "\n";
}

}  // namespace aimc::config
