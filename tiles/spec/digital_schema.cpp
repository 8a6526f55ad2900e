#include "tiles/spec/digital_schema.h"

#include "tiles/spec/idle_power_schema.h"

namespace aimc::tiles {
namespace {

constexpr Time longest = Time(1'000'000'000'000);
constexpr std::int64_t most_per_cycle = 1 << 24;
constexpr DataSize largest_memory = DataSize(std::int64_t{1} << 50);

config::Schema<OperationCost> make_cost_schema() {
  config::Schema<OperationCost> s;
  s.key("operations", &OperationCost::operations, "lane operations for each element").range(0, 100'000);
  s.key("latency", &OperationCost::latency, "fixed time, whatever the length").maximum(longest);
  return s;
}

void add_operations(config::Schema<DigitalSpec>& s) {
  const config::Schema<OperationCost> cost = make_cost_schema();
  s.section("rms_norm", &DigitalSpec::rms_norm, cost, "cost of RMSNorm", true);
  s.section("rope", &DigitalSpec::rope, cost, "cost of the rotary embedding", true);
  s.section("swiglu", &DigitalSpec::swiglu, cost, "cost of silu(gate) x up", true);
  s.section("add", &DigitalSpec::add, cost, "cost of a residual sum", true);
  s.section("quantize", &DigitalSpec::quantize, cost, "cost of dividing by the range and rounding for the DACs", true);
  s.section("range_maximum", &DigitalSpec::range_maximum, cost, "cost of finding a dynamic input range", true);
  s.section("embed", &DigitalSpec::embed, cost, "cost of handling the embedding row", true);
  s.section("sample", &DigitalSpec::sample, cost, "cost of choosing the next token, an element being a logit", true);
}

void add_kv_memory(config::Schema<AttentionSpec>& s) {
  s.key("kv_memory", &AttentionSpec::kv_memory, "where the KV cache lies: dram (section dram) or sram of the unit")
      .choices({{"dram", KvMemory::dram}, {"sram", KvMemory::sram}});
  s.key("sram_capacity", &AttentionSpec::sram_capacity, "KV cache that one unit holds (kv_memory sram)")
      .maximum(largest_memory);
  s.key("sram_bandwidth", &AttentionSpec::sram_bandwidth, "of one unit's KV cache (kv_memory sram)");
  const auto in_dram = [](const AttentionSpec& attention) { return attention.kv_memory == KvMemory::dram; };
  const std::string unused = "has no effect unless kv_memory: sram";
  s.unused("sram_capacity", &AttentionSpec::sram_capacity, "kv_memory", in_dram, unused);
  s.unused("sram_bandwidth", &AttentionSpec::sram_bandwidth, "kv_memory", in_dram, unused);
  s.check([](const AttentionSpec& attention, const auto& error) {
    const bool sram = attention.kv_memory == KvMemory::sram;
    const bool has_capacity = attention.sram_capacity > DataSize{};
    if (sram && !has_capacity) error("sram_capacity", "kv_memory: sram needs a capacity above 0 B");
    // The slowest that a span of picoseconds can hold; nothing is that slow.
    if (sram && attention.sram_bandwidth.si() < 1e6)
      error("sram_bandwidth", "kv_memory: sram needs a bandwidth of 1 MB/s or more");
  });
}

}  // namespace

const config::Schema<DigitalSpec>& digital_schema() {
  static const config::Schema<DigitalSpec> schema = [] {
    config::Schema<DigitalSpec> s;
    s.key("clock", &DigitalSpec::clock, "clock of the digital unit").required().range(Frequency(1e6), Frequency(1e11));
    s.key("lanes", &DigitalSpec::lanes, "lane operations a cycle; 0: only the fixed latencies count")
        .range(0, most_per_cycle)
        .required();
    add_operations(s);
    s.key("activation_bits", &DigitalSpec::activation_bits, "width of an activation on the network").range(8, 32);
    s.key("macs_per_cycle", &DigitalSpec::macs_per_cycle, "multiply-accumulates a cycle of digital linears; 0: none")
        .range(0, most_per_cycle);
    s.key("matmul_latency", &DigitalSpec::matmul_latency,
          "fixed time of a digital product, besides the longer of its weight stream and its MACs")
        .maximum(longest);
    s.key("weight_bits", &DigitalSpec::weight_bits, "weights of digital linears: 2 to 8, or 16 for weights as stored")
        .range(2, 16);
    s.key("input_bits", &DigitalSpec::input_bits, "inputs of digital linears").range(2, 8);
    s.key("input_range", &DigitalSpec::input_range, "input range of digital linears: calibrated, or of each vector")
        .choices({{"static", InputRangeMode::static_range}, {"dynamic", InputRangeMode::dynamic_range}});
    s.key("buffer_capacity", &DigitalSpec::buffer_capacity, "activations that a unit can hold; 0 B: not limited")
        .maximum(largest_memory);
    s.key("area", &DigitalSpec::area, "area of one digital unit").required();
    s.section("idle", &DigitalSpec::idle, idle_power_schema(), "what a digital unit draws without work", true);
    s.check([](const DigitalSpec& digital, const auto& error) {
      if (digital.weight_bits > 8 && digital.weight_bits != 16) error("weight_bits", "must be 2 to 8, or 16");
    });
    return s;
  }();
  return schema;
}

const config::Schema<AttentionSpec>& attention_schema() {
  static const config::Schema<AttentionSpec> schema = [] {
    config::Schema<AttentionSpec> s;
    s.key("clock", &AttentionSpec::clock, "clock of the attention unit")
        .required()
        .range(Frequency(1e6), Frequency(1e11));
    s.key("macs_per_cycle", &AttentionSpec::macs_per_cycle, "multiply-accumulates a cycle; 0: only the latency counts")
        .range(0, most_per_cycle)
        .required();
    s.key("softmax_per_cycle", &AttentionSpec::softmax_per_cycle, "scores a cycle; 0: only the latency counts")
        .range(0, most_per_cycle)
        .required();
    s.key("latency", &AttentionSpec::latency, "fixed time of one token").maximum(longest);
    s.key("kv_bits", &AttentionSpec::kv_bits, "precision of the KV cache: 16 or 8").range(8, 16);
    add_kv_memory(s);
    s.key("query_block", &AttentionSpec::query_block, "prompt tokens that share one pass over the KV cache")
        .range(1, 1 << 20);
    s.key("buffer_capacity", &AttentionSpec::buffer_capacity, "activations that a unit can hold; 0 B: not limited")
        .maximum(largest_memory);
    s.key("area", &AttentionSpec::area, "area of one attention unit").required();
    s.section("idle", &AttentionSpec::idle, idle_power_schema(), "what an attention unit draws without work", true);
    s.check([](const AttentionSpec& attention, const auto& error) {
      if (attention.kv_bits != 8 && attention.kv_bits != 16) error("kv_bits", "must be 16 or 8");
    });
    return s;
  }();
  return schema;
}

}  // namespace aimc::tiles
