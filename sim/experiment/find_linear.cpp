#include "sim/experiment/find_linear.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <variant>
#include <vector>

#include "base/check/error.h"
#include "base/config/nearest.h"

namespace aimc::sim {
namespace {

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  std::istringstream text(name);
  for (std::string part; std::getline(text, part, '.');) parts.push_back(part);
  return parts;
}

bool fits(const std::vector<std::string>& wanted, const std::vector<std::string>& parts) {
  if (wanted.empty() || wanted.back() != parts.back()) return false;
  std::size_t next = 0;
  for (const auto& part : parts)
    if (next < wanted.size() && part == wanted[next]) ++next;
  return next == wanted.size();
}

// "3.q_proj" for model.layers.3.self_attn.q_proj: the number and the last part.
std::string short_name(const std::string& name) {
  const auto parts = parts_of(name);
  for (const auto& part : parts)
    if (part.find_first_not_of("0123456789") == std::string::npos) return part + "." + parts.back();
  return parts.back();
}

// Few enough to read.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  if (names.size() <= most) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} ... {}", fmt::join(names.begin(), names.begin() + most - 1, ", "), names.back());
}

}  // namespace

const workloads::Node& find_linear(const workloads::Graph& graph, const std::string& name) {
  const auto wanted = parts_of(name);
  std::vector<const workloads::Node*> found;
  std::vector<std::string> all, matches;
  for (const auto& node : graph.nodes) {
    if (!std::holds_alternative<workloads::LinearOp>(node.op)) continue;
    if (node.name == name) return node;
    all.push_back(short_name(node.name));
    if (!fits(wanted, parts_of(node.name))) continue;
    found.push_back(&node);
    matches.push_back(short_name(node.name));
  }
  if (found.size() == 1) return *found.front();
  if (!found.empty())
    throw ConfigError(fmt::format("--layer: '{}' fits {} linears: {}; name one", name, found.size(), listed(matches)));
  const std::string near = config::nearest(name, all);
  throw ConfigError(fmt::format("--layer: there is no linear '{}'; {}there are: {}", name,
                                near.empty() ? "" : fmt::format("did you mean '{}'? ", near), listed(all)));
}

}  // namespace aimc::sim
