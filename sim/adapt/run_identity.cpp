#include "sim/adapt/run_identity.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "base/check/first_few.h"
#include "base/config/diagnostics.h"
#include "base/config/node.h"
#include "base/files/text_file.h"
#include "base/random/stream.h"
#include "workloads/tokens/model_fingerprint.h"

namespace aimc::adapt {
namespace {

namespace fs = std::filesystem;
using config::Node;
using Values = std::map<std::string, std::string>;

constexpr std::size_t most_named = 4;

void collect(const Node& node, const std::string& path, Values& values) {
  const std::string prefix = path.empty() ? "" : path + ".";
  if (node.kind == Node::Kind::scalar) values[path] = node.scalar;
  for (const auto& [key, child] : node.entries) collect(child, prefix + key, values);
  for (std::size_t i = 0; i < node.items.size(); ++i) collect(node.items[i], fmt::format("{}{}", prefix, i), values);
}

Values values_of(const std::string& yaml) {
  config::Diagnostics ignored;
  Values values;
  collect(config::parse_yaml(yaml, "adapt.yaml", ignored), "", values);
  return values;
}

bool is_of_writing(const std::string& key) { return key.starts_with("save.") || key.starts_with("evaluation."); }
bool is_path(const std::string& key) { return key.ends_with(".path") || key == "data.tokens"; }

}  // namespace

RunIdentity identity_of(const AdaptSpec& spec, const workloads::TokenFileInfo& tokens) {
  std::string text = fmt::format("{} sequences, {} tokens, {}", tokens.sequences, tokens.tokens, tokens.origin);
  text += workloads::model_fingerprint(spec.model.path);
  if (spec.teacher) text += workloads::model_fingerprint(spec.teacher->path);
  AdaptSpec alike = spec;
  alike.save = {};
  alike.evaluation = {};
  alike.model.path = alike.data.tokens = fs::path();
  if (alike.teacher) alike.teacher->path = fs::path();
  const RandomKey key = RandomKey(0).child(resolved(alike)).child(text);
  return {fmt::format("{:016x}", key.bits()), spec.resolved_yaml};
}

std::vector<std::string> differing_keys(const fs::path& adapt_yaml, const std::string& configuration,
                                        bool paths_count) {
  Values was = values_of(read_text_file(adapt_yaml)), now = values_of(configuration);
  std::set<std::string> keys;
  for (const Values* values : {&was, &now})
    for (const auto& [key, value] : *values) keys.insert(key);
  std::vector<std::string> named;
  for (const std::string& key : keys) {
    if (is_of_writing(key) || (is_path(key) && !paths_count) || was[key] == now[key]) continue;
    const auto text = [](const std::string& value) { return value.empty() ? "not given" : value; };
    named.push_back(fmt::format("{} (was {}, now {})", key, text(was[key]), text(now[key])));
  }
  return named;
}

// Where files lie may change: their contents count.
std::string difference(const fs::path& adapt_yaml, const std::string& configuration) {
  if (!fs::exists(adapt_yaml)) return "its adapt.yaml is gone";
  const std::vector<std::string> named = differing_keys(adapt_yaml, configuration, false);
  if (named.empty()) return "the model's files or the tokens";
  return first_few(named, ", ", most_named);
}

}  // namespace aimc::adapt
