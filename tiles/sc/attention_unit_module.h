#pragma once
#include "tiles/sc/serial_unit_module.h"
#include "tiles/spec/digital_spec.h"

namespace aimc::tiles {

/// The attention unit in time: writes a token's keys and values to its layer's KV cache, streams the cache back,
/// computes QK^T, softmax and PV on the stream.
class AttentionUnitModule : public SerialUnitModule {
 public:
  AttentionUnitModule(const sc_core::sc_module_name& name, const AttentionSpec& spec, IdlePolicy policy,
                      MemoryPort& memory, JobListener& listener);

  /// Attention of one token and layer, with the KV cache behind a channel, or in the unit's own SRAM (kv_memory sram).
  void attend(JobId job, const AttentionWork& work, std::uint32_t channel, JobRank rank = 0);

 private:
  const AttentionSpec spec_;
};

}  // namespace aimc::tiles
