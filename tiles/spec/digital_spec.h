#pragma once
#include <cstdint>
#include <string_view>

#include "base/tensor/matrix.h"
#include "base/units/idle_power.h"
#include "base/units/quantity.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// The element-wise and reducing work of the digital unit.
enum class VectorOperation : std::uint8_t { rms_norm, rope, swiglu, add, quantize, range_maximum, embed, sample };
inline constexpr int vector_operation_count = static_cast<int>(VectorOperation::sample) + 1;
[[nodiscard]] std::string_view name(VectorOperation operation);

/// Cost of one vector operation: time = latency + ceil(elements x operations / lanes) / clock.
struct OperationCost {
  std::int64_t operations = 0;  ///< lane operations per element
  Time latency;                 ///< fixed, independent of the length (reduction tree, pipeline fill)
};

/// The digital vector unit: norms, rotary embedding, activation, residual, quantisation for the DACs, sampling; and
/// digital matrix products of integer weights streamed from memory.
struct DigitalSpec {
  Frequency clock;
  std::int64_t lanes = 0;  ///< lane operations per cycle; 0: only the fixed latencies count
  OperationCost rms_norm, rope, swiglu, add, quantize, range_maximum, embed, sample;
  int activation_bits = 16;         ///< width of activations between digital units on the network
  std::int64_t macs_per_cycle = 0;  ///< digital matrix products
  Time matmul_latency;              ///< of a digital product, after its weights have come and its MACs are done
  int weight_bits = 4;              ///< of digital linears (si8-w4); 16: weights as stored (then inputs stay float)
  int input_bits = 8;               ///< of digital linears
  InputRangeMode input_range = InputRangeMode::static_range;  ///< of digital linears
  DataSize buffer_capacity;                                   ///< of activations in one unit; zero: not limited
  Area area;                                                  ///< of one unit
  IdlePower idle;

  [[nodiscard]] const OperationCost& cost(VectorOperation operation) const;
};
/// Time one unit works on `elements`.
[[nodiscard]] Time vector_time(const DigitalSpec& spec, VectorOperation operation, std::int64_t elements);
/// Time the unit's MAC array needs for out x in products (its weight stream is the memory's business).
[[nodiscard]] Time matmul_time(const DigitalSpec& spec, std::int64_t macs);

/// Where the KV cache lies: behind a memory channel, or in SRAM of the attention unit that serves the layer.
enum class KvMemory : std::uint8_t { dram, sram };
[[nodiscard]] std::string_view name(KvMemory memory);

/// The attention unit: QK^T, softmax, PV of one layer over its KV cache.
struct AttentionSpec {
  Frequency clock;
  std::int64_t macs_per_cycle = 0;     ///< 0: only the fixed latency counts
  std::int64_t softmax_per_cycle = 0;  ///< scores per cycle
  Time latency;                        ///< fixed per token
  int kv_bits = 16;  ///< of the KV cache: 16 (fp16) or 8 (int8 per head and token); numerics use it too
  KvMemory kv_memory = KvMemory::dram;
  DataSize sram_capacity;    ///< kv_memory sram: KV caches of all layers and sequences that one unit serves
  Bandwidth sram_bandwidth;  ///< kv_memory sram: of one unit
  DataSize buffer_capacity;  ///< of activations in one unit; zero: not limited
  int query_block = 1;       ///< prompt tokens that share one pass over the KV cache
  Area area;
  IdlePower idle;
};
/// Tokens whose queries the pass over the KV cache serves that a token makes: blocks of query_block prompt tokens share
/// one, made by the block's last token (Dao et al., FlashAttention, NeurIPS 2022, algorithm 1); 0: another token makes
/// it. token: index in its request, from prompt_tokens on in decode, where each makes its own.
[[nodiscard]] std::int64_t queries_served(const AttentionSpec& spec, std::int64_t token, std::int64_t prompt_tokens);
/// Work of attention for one token that sees `positions` positions.
struct AttentionWork {
  std::int64_t macs = 0, scores = 0, kv_read_bytes = 0, kv_write_bytes = 0;
};
struct AttentionShape {
  std::int64_t heads = 0, kv_heads = 0, head_dim = 0, window = 0;
};
/// Positions read by the pass of a token that sees `positions` and serves `queries` tokens, itself the last of them:
/// every position that one of them sees.
[[nodiscard]] std::int64_t positions_read(std::int64_t positions, std::int64_t window, std::int64_t queries);
/// positions = tokens up to and including this one; the window limits it. The unit writes the token's own K and V and,
/// unless queries is 0, reads the positions of a pass over the cache (hardware 6.2: 2 S heads head_dim MACs; scales of
/// an int8 cache are not counted).
[[nodiscard]] AttentionWork attention_work(const AttentionSpec& spec, const AttentionShape& shape,
                                           std::int64_t positions, std::int64_t queries = 1);
/// Time of one token in the attention unit, besides its memory (hardware 6.3).
struct AttentionTime {
  Time products;  ///< QK^T and PV, on the KV stream as it arrives
  Time softmax;   ///< and the fixed latency; after products and stream have both ended
};
[[nodiscard]] AttentionTime attention_time(const AttentionSpec& spec, const AttentionWork& work);
/// Time the unit's SRAM needs to take in and give out the KV of one token; zero with a KV cache in DRAM. It runs beside
/// the products, as a stream from DRAM does.
[[nodiscard]] Time kv_sram_time(const AttentionSpec& spec, const AttentionWork& work);

}  // namespace aimc::tiles
