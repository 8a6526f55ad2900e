#include "sim/mapping/mapping_schema.h"

#include <fmt/format.h>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

void check_keys_are_used(const MappingSpec& spec, const config::Schema<MappingSpec>::ErrorAt& error) {
  const bool replicates = spec.strategy == MappingStrategy::replicate;
  const bool lays_out = spec.strategy == MappingStrategy::blocks || spec.strategy == MappingStrategy::pipeline;
  if (spec.annealing_moves > 0 && !lays_out)
    error("annealing_moves", fmt::format("strategy {} moves nothing after the layout; leave the key out or choose "
                                         "strategy blocks or pipeline",
                                         name(spec.strategy)));
  if (spec.tile_budget > 0 && !replicates)
    error("tile_budget", fmt::format("strategy {} makes no copies; leave the key out or choose strategy replicate",
                                     name(spec.strategy)));
  if (spec.tile_budget == 0 && replicates)
    error("tile_budget", "strategy replicate needs the number of tiles that the model and its copies may fill");
}

}  // namespace

std::string_view name(MappingStrategy strategy) {
  switch (strategy) {
    case MappingStrategy::in_order:
      return "in_order";
    case MappingStrategy::blocks:
      return "blocks";
    case MappingStrategy::replicate:
      return "replicate";
    case MappingStrategy::tiers:
      return "tiers";
    case MappingStrategy::pipeline:
      return "pipeline";
  }
  AIMC_CHECK(false, "no such mapping strategy: {}", static_cast<int>(strategy));
  return {};
}

const config::Schema<MappingSpec>& mapping_schema() {
  static const config::Schema<MappingSpec> schema = [] {
    config::Schema<MappingSpec> s;
    s.key("strategy", &MappingSpec::strategy,
          "How weights are laid over tiles and chips: in graph order; in blocks of few hops; with copies of busy "
          "linears; spread over stacked arrays; chips as pipeline stages.")
        .choices({{"in_order", MappingStrategy::in_order},
                  {"blocks", MappingStrategy::blocks},
                  {"replicate", MappingStrategy::replicate},
                  {"tiers", MappingStrategy::tiers},
                  {"pipeline", MappingStrategy::pipeline}});
    s.key("embedding", &MappingSpec::embedding,
          "Where the embedding table lies: in memory, or in tiles beside the linears (a copy, also where the head is "
          "tied to it).")
        .choices({{"memory", EmbeddingPlace::memory}, {"tiles", EmbeddingPlace::tiles}});
    s.key("annealing_moves", &MappingSpec::annealing_moves,
          "Moves of simulated annealing that shorten transfers further (blocks, pipeline); 0: none.")
        .range(0, 1'000'000'000);
    s.key("tile_budget", &MappingSpec::tile_budget,
          "Tiles that the model and its copies may fill together (replicate).")
        .range(0, 1'000'000'000);
    s.key("attention_units_per_layer", &MappingSpec::attention_units_per_layer,
          "Attention units that share the KV heads of a layer.")
        .range(1, 1024);
    s.check(check_keys_are_used);
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
