#pragma once
#include <cstdint>

#include "sim/program/program.h"

namespace aimc::sim {

/// Bytes of keys and values that a cache holds for sequences of together `positions` positions, each of at most
/// `longest`: a sliding window keeps no more than its width of a sequence.
struct KvDemand {
  std::int64_t sequences = 1;  ///< in flight at the same time
  std::int64_t longest = 0;    ///< positions of the longest one (context, prompt and new tokens)
};
[[nodiscard]] std::int64_t kv_bytes(const Program& program, const KvCachePlacement& cache, const KvDemand& demand);

/// Throws ConfigError when the KV caches do not fit where they lie (attention.sram_capacity, dram.capacity), naming the
/// fullest memory, the bytes needed and what would help. Weights of digital linears and the embedding table lie in the
/// same memory channels and count.
void check_kv_caches_fit(const Program& program, const KvDemand& demand);

}  // namespace aimc::sim
