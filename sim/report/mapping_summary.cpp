#include "sim/report/mapping_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check/error.h"
#include "base/units/format.h"
#include "sim/mapping/traffic.h"

namespace aimc::sim {
namespace {

struct Figures {
  std::size_t tiles = 0;
  std::uint32_t copies = 1;
  std::int64_t hops = 0;       ///< weighted
  std::int64_t chip_bits = 0;  ///< that a token sends to other chips
};

Figures figures_of(const Program& program) {
  Figures figures;
  std::set<UnitAddress> tiles;
  for (const Shard& shard : program.shards) tiles.insert(shard.tile);
  figures.tiles = tiles.size();
  for (const LinearPlacement& linear : program.linears) figures.copies = std::max(figures.copies, linear.replicas);
  figures.hops = weighted_hops(program);
  for (const Step& step : program.steps)
    for (const StepInput& input : step.inputs)
      if (program.steps[input.from].unit.chip != step.unit.chip) figures.chip_bits += input.elements * input.bits;
  return figures;
}

std::string megabits(std::int64_t bits) { return fmt::format("{:.2f}", static_cast<double>(bits) / 1e6); }

/// The KV caches of one chip.
struct Caches {
  std::set<std::uint32_t> units, channels;
  std::int64_t bytes = 0, position_bytes = 0;
};

std::string kv_lines(const Program& program, const KvDemand& demand) {
  std::map<std::uint32_t, Caches> chips;
  std::map<std::uint32_t, std::set<NodeId>> layers;
  for (const KvCachePlacement& cache : program.kv_caches) {
    Caches& caches = chips[cache.unit.chip];
    layers[cache.unit.chip].insert(cache.attention);
    caches.units.insert(cache.unit.index);
    caches.channels.insert(cache.channel);
    caches.bytes += kv_bytes(program, cache, demand);
    caches.position_bytes += kv_bytes(program, cache, {.sequences = 1, .longest = 1});
  }
  std::string text =
      fmt::format("KV caches in {}, for {} sequence(s) of {} positions\n{:>6}{:>8}{:>7}{:>10}{:>14}{:>14}\n",
                  name(program.hardware.attention.kv_memory), demand.sequences, demand.longest, "chip", "layers",
                  "units", "channels", "a position", "in all");
  for (const auto& [chip, caches] : chips)
    text += fmt::format(
        "{:>6}{:>8}{:>7}{:>10}{:>14}{:>14}\n", chip, layers[chip].size(), caches.units.size(),
        program.hardware.attention.kv_memory == tiles::KvMemory::dram ? std::to_string(caches.channels.size()) : "-",
        format_quantity(DataSize(caches.position_bytes)), format_quantity(DataSize(caches.bytes)));
  return text;
}

}  // namespace

std::string mapping_summary(const Program& program, const MappingSpec& spec, const KvDemand& demand) {
  const Figures figures = figures_of(program);
  std::string text = fmt::format("mapping {}: {} tiles on {} chip{}", name(spec.strategy), figures.tiles, program.chips,
                                 program.chips == 1 ? "" : "s");
  if (figures.copies > 1) text += fmt::format(", up to {} copies of a linear", figures.copies);
  text += fmt::format("\na token sends {} Mbit-hops; {} Mbit go to another chip", megabits(figures.hops),
                      megabits(figures.chip_bits));
  if (program.embedding)
    text +=
        fmt::format("\nthe embedding table lies in {} arrays{};\na token reads one row through {} of them",
                    program.embedding->replicas * program.embedding->shard_count,
                    program.graph.tied_head ? " beside those of its tied head" : "", program.embedding->shard_count);
  return text + "\n\n" + kv_lines(program, demand);
}

std::string strategy_table(const MappingSpec& spec, const std::function<Program(const MappingSpec&)>& map) {
  std::string text = fmt::format("{:<11}{:>9}{:>7}{:>8}{:>12}{:>18}\n", "strategy", "tiles", "chips", "copies",
                                 "Mbit-hops", "Mbit to chips");
  for (const MappingStrategy strategy : {MappingStrategy::in_order, MappingStrategy::blocks, MappingStrategy::replicate,
                                         MappingStrategy::tiers, MappingStrategy::pipeline}) {
    MappingSpec other = spec;
    other.strategy = strategy;
    const bool chosen = strategy == spec.strategy;
    if (strategy == MappingStrategy::replicate && spec.tile_budget == 0) {
      text += fmt::format("{:<11}  needs mapping.tile_budget\n", name(strategy));
      continue;
    }
    try {
      const Program program = map(other);
      const Figures figures = figures_of(program);
      text += fmt::format("{:<11}{:>9}{:>7}{:>8}{:>12}{:>18}{}\n", name(strategy), figures.tiles, program.chips,
                          figures.copies, megabits(figures.hops), megabits(figures.chip_bits), chosen ? "  *" : "");
    } catch (const ConfigError& error) {
      text += fmt::format("{:<11}  {}\n", name(strategy), error.what());
    }
  }
  return text +
         "* chosen by mapping.strategy; Mbit-hops: bits x hops of one sampled token, sent to\n"
         "each receiver on its own, a link between chips counted as the hops it is slower\n";
}

}  // namespace aimc::sim
