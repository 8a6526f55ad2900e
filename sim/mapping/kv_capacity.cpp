#include "sim/mapping/kv_capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "base/check/error.h"
#include "base/units/format.h"
#include "sim/program/packed_bytes.h"

namespace aimc::sim {
namespace {

/// Bytes that lie in each memory channel for the model itself: weights that are streamed, the embedding table.
std::map<std::uint32_t, std::int64_t> weight_bytes(const Program& program) {
  std::map<std::uint32_t, std::int64_t> bytes;
  const tiles::DigitalSpec& digital = program.hardware.digital;
  for (const Step& step : program.steps) {
    if (step.kind == StepKind::digital_matmul) {
      bytes[step.channel] += packed_bytes(step.inner * step.elements, digital.weight_bits);
    } else if (const auto* embed = std::get_if<workloads::EmbedOp>(&program.graph.node(step.node).op);
               embed != nullptr && !program.embedding) {
      bytes[step.channel] += packed_bytes(embed->vocabulary * step.elements, digital.activation_bits);
    }
  }
  return bytes;
}

std::string readable(std::int64_t bytes) { return format_quantity(DataSize(bytes)); }

void check_sram(const Program& program, const KvDemand& demand) {
  const std::int64_t capacity = program.hardware.attention.sram_capacity.bytes();
  std::map<UnitAddress, std::int64_t> needed;
  for (const KvCachePlacement& cache : program.kv_caches) needed[cache.unit] += kv_bytes(program, cache, demand);
  const auto fullest = std::ranges::max_element(needed, {}, [](const auto& entry) { return entry.second; });
  if (fullest == needed.end() || fullest->second <= capacity) return;
  throw ConfigError(fmt::format(
      "hardware.attention.sram_capacity: {} do not hold the KV caches of attention unit {} on chip {}, which take {} "
      "bytes "
      "({}) for {} sequence(s) of {} positions; give it that much, fewer sequences at a time "
      "(workload.max_in_flight) or shorter ones, more attention units "
      "(hardware.chip.attention_units, mapping.attention_units_per_layer), or kv_memory: dram",
      readable(capacity), fullest->first.index, fullest->first.chip, fullest->second, readable(fullest->second),
      demand.sequences, demand.longest));
}

void check_dram(const Program& program, const KvDemand& demand) {
  const std::int64_t capacity = program.hardware.dram.capacity.bytes();
  if (capacity == 0) return;
  std::map<std::uint32_t, std::int64_t> needed = weight_bytes(program);
  for (const KvCachePlacement& cache : program.kv_caches)
    if (cache.memory == tiles::KvMemory::dram) needed[cache.channel] += kv_bytes(program, cache, demand);
  const auto fullest = std::ranges::max_element(needed, {}, [](const auto& entry) { return entry.second; });
  if (fullest == needed.end() || fullest->second <= capacity) return;
  throw ConfigError(fmt::format(
      "hardware.dram.capacity: {} a channel do not hold what lies in channel {}: {} bytes ({}) of KV caches for {} "
      "sequence(s) of {} positions, streamed weights and embedding; give it that much, more channels "
      "(hardware.dram.channels), or fewer sequences at a time (workload.max_in_flight) or shorter ones",
      readable(capacity), fullest->first, fullest->second, readable(fullest->second), demand.sequences,
      demand.longest));
}

}  // namespace

std::int64_t kv_bytes(const Program& program, const KvCachePlacement& cache, const KvDemand& demand) {
  const auto& op = std::get<workloads::AttentionOp>(program.graph.node(cache.attention).op);
  const std::int64_t kept = op.window > 0 ? std::min(op.window, demand.longest) : demand.longest;
  const std::int64_t bits = 2 * cache.kv_heads * op.head_dim * program.hardware.attention.kv_bits;
  return demand.sequences * kept * ((bits + 7) / 8);
}

void check_kv_caches_fit(const Program& program, const KvDemand& demand) {
  if (program.hardware.attention.kv_memory == tiles::KvMemory::sram) check_sram(program, demand);
  check_dram(program, demand);
}

}  // namespace aimc::sim
