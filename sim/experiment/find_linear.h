#pragma once
#include <string>

#include "workloads/graph/graph.h"

namespace aimc::sim {

/// The linear that a short name means: "3.q_proj" is model.layers.3.self_attn.q_proj, since its parts come in that
/// order and the last is the same. Throws ConfigError for a name that fits none (naming near ones) or several.
[[nodiscard]] const workloads::Node& find_linear(const workloads::Graph& graph, const std::string& name);

}  // namespace aimc::sim
