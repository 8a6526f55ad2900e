#include <algorithm>

#include "tiles/spec/digital_spec.h"

namespace aimc::tiles {
namespace {

Time throughput_time(std::int64_t work, std::int64_t per_cycle, Frequency clock) {
  if (per_cycle == 0) return Time{};
  return Time::from_seconds(static_cast<double>((work + per_cycle - 1) / per_cycle) / clock.si());
}

}  // namespace

std::int64_t queries_served(const AttentionSpec& spec, std::int64_t token, std::int64_t prompt_tokens) {
  if (token >= prompt_tokens) return 1;
  const std::int64_t in_block = token % spec.query_block + 1;
  return in_block == spec.query_block || token + 1 == prompt_tokens ? in_block : 0;
}

std::int64_t positions_read(std::int64_t positions, std::int64_t window, std::int64_t queries) {
  if (queries == 0) return 0;
  return window > 0 ? std::min(positions, window + queries - 1) : positions;
}

AttentionWork attention_work(const AttentionSpec& spec, const AttentionShape& shape, std::int64_t positions,
                             std::int64_t queries) {
  const std::int64_t seen = shape.window > 0 ? std::min(positions, shape.window) : positions;
  const std::int64_t kv_bytes_per_token = (2 * shape.kv_heads * shape.head_dim * spec.kv_bits + 7) / 8;
  AttentionWork work;
  work.macs = 2 * seen * shape.heads * shape.head_dim;
  work.scores = seen * shape.heads;
  work.kv_read_bytes = positions_read(positions, shape.window, queries) * kv_bytes_per_token;
  work.kv_write_bytes = kv_bytes_per_token;
  return work;
}

AttentionTime attention_time(const AttentionSpec& spec, const AttentionWork& work) {
  return {throughput_time(work.macs, spec.macs_per_cycle, spec.clock),
          spec.latency + throughput_time(work.scores, spec.softmax_per_cycle, spec.clock)};
}

Time kv_sram_time(const AttentionSpec& spec, const AttentionWork& work) {
  if (spec.kv_memory != KvMemory::sram) return Time{};
  return DataSize(work.kv_write_bytes + work.kv_read_bytes) / spec.sram_bandwidth;
}

std::string_view name(KvMemory memory) { return memory == KvMemory::sram ? "sram" : "dram"; }

}  // namespace aimc::tiles
