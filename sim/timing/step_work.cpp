#include "sim/timing/step_work.h"

#include <variant>

#include "base/check/check.h"
#include "interconnect/sc/dram_channel_module.h"
#include "sim/program/packed_bytes.h"

namespace aimc::sim {
namespace {

Time memory_time(const interconnect::DramSpec& dram, std::int64_t write_bytes, std::int64_t read_bytes) {
  if (write_bytes == 0 && read_bytes == 0) return Time{};
  return dram.latency + interconnect::channel_occupancy(dram, write_bytes) +
         interconnect::channel_occupancy(dram, read_bytes);
}

}  // namespace

std::int64_t streamed_bytes(const Program& program, const Step& step) {
  if (step.kind == StepKind::digital_matmul) {
    return packed_bytes(step.inner * step.elements, program.hardware.digital.weight_bits);
  }
  const bool embed = step.kind == StepKind::vector_operation && step.operation == tiles::VectorOperation::embed;
  return embed ? packed_bytes(step.elements, program.hardware.digital.activation_bits) : 0;
}

tiles::AttentionWork attention_work_of(const Program& program, const Step& step, const Attended& what) {
  const auto* op = std::get_if<workloads::AttentionOp>(&program.graph.node(step.node).op);
  AIMC_CHECK(op != nullptr, "attention step {} belongs to {}", step.id, program.graph.node(step.node).name);
  const std::int64_t kv_heads = step.kv_heads > 0 ? step.kv_heads : op->kv_heads;
  return attention_work(program.hardware.attention,
                        {op->heads / op->kv_heads * kv_heads, kv_heads, op->head_dim, op->window}, what.positions,
                        what.queries);
}

UnloadedTime unloaded_time(const Program& program, const Step& step, const Attended& what, std::int64_t vectors) {
  const HardwareSpec& hardware = program.hardware;
  switch (step.kind) {
    case StepKind::vector_operation:
      return {vector_time(hardware.digital, step.operation, step.elements),
              memory_time(hardware.dram, 0, streamed_bytes(program, step)), Time{}};
    case StepKind::digital_matmul:
      return {matmul_time(hardware.digital, step.inner * step.elements * vectors),
              memory_time(hardware.dram, 0, streamed_bytes(program, step)), hardware.digital.matmul_latency};
    case StepKind::attention: {
      const tiles::AttentionWork work = attention_work_of(program, step, what);
      const tiles::AttentionTime time = attention_time(hardware.attention, work);
      if (hardware.attention.kv_memory == tiles::KvMemory::sram)
        return {time.products, kv_sram_time(hardware.attention, work), time.softmax};
      return {time.products, memory_time(hardware.dram, work.kv_write_bytes, work.kv_read_bytes), time.softmax};
    }
    case StepKind::mvm: {
      const Shard& shard = program.shards[step.shard];
      return {mvm_timing(hardware.tile, program.driven_rows(shard), shard.columns).latency(), Time{}, Time{}};
    }
    case StepKind::accumulate:
      // Sums that meet in the network arrive complete.
      return {step.inputs.size() > 1 && step.reduction != interconnect::Reduction::in_network
                  ? accumulate_time(hardware.tile, step.elements)
                  : Time{},
              Time{}, Time{}};
  }
  AIMC_CHECK(false, "no such step kind: {}", static_cast<int>(step.kind));
  return {};
}

}  // namespace aimc::sim
