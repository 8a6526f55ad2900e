#include "tiles/sc/attention_unit_module.h"

#include <algorithm>

namespace aimc::tiles {

AttentionUnitModule::AttentionUnitModule(const sc_core::sc_module_name& name, const AttentionSpec& spec,
                                         IdlePolicy policy, MemoryPort& memory, JobListener& listener)
    : SerialUnitModule(name, spec.idle, policy, memory, listener), spec_(spec) {}

void AttentionUnitModule::attend(JobId job, const AttentionWork& work, std::uint32_t channel, JobRank rank) {
  const AttentionTime time = attention_time(spec_, work);
  if (spec_.kv_memory == KvMemory::sram)
    return give(job, {std::max(time.products, kv_sram_time(spec_, work)), time.softmax}, {}, rank);
  give(job, {time.products, time.softmax}, {channel, work.kv_write_bytes, work.kv_read_bytes}, rank);
}

}  // namespace aimc::tiles
