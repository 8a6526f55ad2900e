#pragma once
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {

/// A decoder mapped with a strategy, everything analog.
inline Program map_with(MappingStrategy strategy, const DecoderShape& shape, const HardwareSpec& hardware,
                        std::int64_t annealing_moves = 0, std::uint64_t seed = 1) {
  MappingSpec spec;
  spec.strategy = strategy;
  spec.annealing_moves = annealing_moves;
  spec.seed = seed;
  return map_model(handmade_decoder(shape), hardware, all_analog, spec);
}

/// Layer in a node's name ("model.layers.3.mlp..."), -1 for what belongs to none.
inline int layer_of(const workloads::Node& node) {
  constexpr std::string_view prefix = "model.layers.";
  return node.name.starts_with(prefix) ? std::stoi(node.name.substr(prefix.size())) : -1;
}

}  // namespace aimc::sim
