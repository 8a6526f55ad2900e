#include "base/config/scalar.h"
#include "base/config/schema_core.h"

namespace aimc::config {
namespace {

std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

std::string value_column(const KeySpec& key) {
  const std::string one = expectation(key.type);
  if (key.count == KeySpec::Count::list) return "a list, each item " + one;
  return key.count == KeySpec::Count::optional ? one + ", or null" : one;
}

std::string key_row(const KeySpec& key, const std::string& default_text) {
  const std::string standard = key.required ? "**required**" : default_text.empty() ? "none" : "`" + default_text + "`";
  return fmt::format("| `{}` | {} | {} | {} |\n", key.name, cell(value_column(key)), cell(standard),
                     cell(key.sentence));
}

std::string section_path(const SectionSpec& section, const std::string& prefix) {
  std::string path = join_path(prefix, section.name);
  if (section.count == SectionSpec::Count::list) return path + ".<number>";
  if (section.count == SectionSpec::Count::table) return path + ".<name>";
  return path;
}

std::string section_row(const SectionSpec& section) {
  using Count = SectionSpec::Count;
  const std::string what = section.count == Count::list    ? "a list of mappings, see below"
                           : section.count == Count::table ? "mappings by free name, see below"
                                                           : "a mapping, see below";
  return fmt::format("| `{}` | {} | {} | {} |\n", section.name, what, section.required ? "**required**" : "",
                     cell(section.sentence));
}

}  // namespace

std::string SchemaCore::reference_markdown(const std::string& prefix) const {
  std::string out;
  if (!prefix.empty()) out += fmt::format("### `{}`\n\n", prefix);
  out += "| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n";
  for (const KeySpec& key : keys_) out += key_row(key, default_text(key));
  for (const SectionSpec& section : sections_) out += section_row(section);
  for (const SectionSpec& section : sections_) {
    out += "\n" + section.schema->reference_markdown(section_path(section, prefix));
  }
  return out;
}

}  // namespace aimc::config
