#include <algorithm>

#include "tiles/spec/digital_spec.h"

namespace aimc::tiles {
namespace {

Time throughput_time(std::int64_t work, std::int64_t per_cycle, Frequency clock) {
  if (per_cycle == 0) return Time{};
  return Time::from_seconds(static_cast<double>((work + per_cycle - 1) / per_cycle) / clock.si());
}

}  // namespace

AttentionWork attention_work(const AttentionSpec& spec, const AttentionShape& shape, std::int64_t positions) {
  const std::int64_t seen = shape.window > 0 ? std::min(positions, shape.window) : positions;
  const std::int64_t kv_bytes_per_token = (2 * shape.kv_heads * shape.head_dim * spec.kv_bits + 7) / 8;
  AttentionWork work;
  work.macs = 2 * seen * shape.heads * shape.head_dim;
  work.scores = seen * shape.heads;
  work.kv_read_bytes = seen * kv_bytes_per_token;
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
