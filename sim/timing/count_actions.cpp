#include "sim/timing/count_actions.h"

#include "base/check/check.h"
#include "interconnect/sc/package_network_module.h"
#include "sim/program/packed_bytes.h"
#include "sim/program/result_bits.h"
#include "sim/timing/step_work.h"

namespace aimc::sim {
namespace {

/// Posts actions of one step in one phase.
class Poster {
 public:
  Poster(Counts& counts, const Step& step, Phase phase, std::int64_t runs)
      : counts_(counts), step_(step), phase_(phase), runs_(runs) {}
  /// An action that every run does `times`.
  void each(Action action, std::int64_t times) { total(action, times * runs_); }
  void total(Action action, std::int64_t times) { counts_.add({action, step_.node, phase_, step_.unit.chip}, times); }

 private:
  Counts& counts_;
  const Step& step_;
  Phase phase_;
  std::int64_t runs_;
};

void count_mvm(const Program& program, const Step& step, Poster& poster) {
  const Shard& shard = program.shards[step.shard];
  const tiles::MvmActions actions = mvm_actions(program.hardware.tile, program.driven_rows(shard), shard.columns);
  poster.each(Action::mvm, 1);
  poster.each(Action::dac_conversion, actions.dac_conversions);
  poster.each(Action::cell_read, actions.cell_reads);
  poster.each(Action::adc_conversion, actions.adc_conversions);
  poster.each(Action::affine, actions.affine);
  poster.each(Action::input_register, actions.input_bytes);
  poster.each(Action::output_register, actions.output_bytes);
}

void count_vector(const Program& program, const Step& step, Poster& poster) {
  using tiles::VectorOperation;
  switch (step.operation) {
    case VectorOperation::quantize:
      return poster.each(Action::quantize, step.elements);
    case VectorOperation::range_maximum:
      return poster.each(Action::range_maximum, step.elements);
    case VectorOperation::sample:
      return poster.each(Action::sample, step.elements);
    default:
      poster.each(Action::vector_operation, step.elements * program.hardware.digital.cost(step.operation).operations);
      poster.each(Action::embedding_read_byte, streamed_bytes(program, step));
  }
}

/// Activations that pass the buffer of a digital or attention unit: everything that comes in and goes out.
std::int64_t buffered_bytes(const Program& program, const Step& step, int out_bits) {
  std::int64_t sum = step.operation == tiles::VectorOperation::sample ? 0 : packed_bytes(outputs_of(step), out_bits);
  for (const StepInput& input : step.inputs) sum += packed_bytes(input.elements, input.bits);
  if (step.kind == StepKind::vector_operation) sum += streamed_bytes(program, step);
  return sum;
}

void count_attention(tiles::KvMemory memory, const tiles::AttentionWork& work, Poster& poster) {
  poster.total(Action::attention_mac, work.macs);
  poster.total(Action::softmax, work.scores);
  if (memory == tiles::KvMemory::sram) {
    poster.total(Action::kv_sram_read_byte, work.kv_read_bytes);
    return poster.total(Action::kv_sram_write_byte, work.kv_write_bytes);
  }
  poster.total(Action::kv_read_byte, work.kv_read_bytes);
  poster.total(Action::kv_write_byte, work.kv_write_bytes);
  poster.total(Action::attention_sram, work.kv_read_bytes + work.kv_write_bytes);
}

void count_step(const Program& program, const Step& step, int out_bits, const tiles::AttentionWork* attention,
                std::int64_t streams, Poster& poster) {
  switch (step.kind) {
    case StepKind::mvm:
      return count_mvm(program, step, poster);
    case StepKind::accumulate:
      return poster.each(Action::accumulate, step.elements * (step.inner - 1));
    case StepKind::vector_operation:
      count_vector(program, step, poster);
      return poster.each(Action::digital_sram, buffered_bytes(program, step, out_bits));
    case StepKind::digital_matmul:
      poster.each(Action::digital_mac, step.inner * step.elements);
      poster.total(Action::weight_read_byte, streams * streamed_bytes(program, step));
      return poster.each(Action::digital_sram, buffered_bytes(program, step, out_bits));
    case StepKind::attention:
      AIMC_CHECK(attention != nullptr);
      count_attention(program.hardware.attention.kv_memory, *attention, poster);
      return poster.each(Action::attention_sram, buffered_bytes(program, step, out_bits));
  }
}

std::int64_t of_all(std::int64_t simulated, const DecodeShare& decode) {
  AIMC_CHECK(simulated % decode.simulated == 0, "{} for {} decode tokens: they do not send the same", simulated,
             decode.simulated);
  return simulated / decode.simulated * decode.all;
}

void count_traffic(const Program& program, const Machine& machine, const DecodeShare& decode, Counts& counts) {
  const interconnect::PackageNetworkModule& network = machine.network();
  const auto nodes = static_cast<interconnect::Account>(program.graph.nodes.size());
  for (std::uint32_t chip = 0; chip < program.chips; ++chip) {
    for (interconnect::Account account = 0; account < 2 * nodes; ++account) {
      const Phase phase = account < nodes ? Phase::prefill : Phase::decode;
      const DecodeShare share = phase == Phase::decode ? decode : DecodeShare{};
      const auto post = [&](Action action, std::int64_t times) {
        counts.add({action, account % nodes, phase, chip}, of_all(times, share));
      };
      post(Action::flit_hop, network.flit_hops(chip, account));
      post(Action::chip_link_byte, network.chip_link_bytes(chip, account));
    }
  }
}

}  // namespace

Counts count_actions(const Program& program, const PlayedWork& work, const Machine& machine,
                     const DecodeShare& decode) {
  Counts counts;
  const std::vector<int> out_bits = result_bits(program);
  for (std::size_t phase = 0; phase < 2; ++phase) {
    std::size_t attentions = 0;
    for (const Step& step : program.steps) {
      const tiles::AttentionWork* attention =
          step.kind == StepKind::attention ? &work.attention[phase][attentions++] : nullptr;
      Poster poster(counts, step, static_cast<Phase>(phase), work.runs[phase][step.id]);
      count_step(program, step, out_bits[step.id], attention, work.streams[phase][step.id], poster);
    }
  }
  count_traffic(program, machine, decode, counts);
  return counts;
}

}  // namespace aimc::sim
