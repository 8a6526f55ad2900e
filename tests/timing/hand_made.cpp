#include "tests/timing/hand_made.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/counts/counts.h"

namespace aimc::testing {
namespace {

using sim::StepKind;
using tiles::VectorOperation;

sim::HardwareSpec round_hardware() {
  sim::HardwareSpec hardware;
  tiles::TileSpec& tile = hardware.tile;
  tile.rows = tile.columns = 64;
  tile.input.pulse_tick = Time(500);
  tile.input.mvm_overhead = ns(36);  // 128 x 0.5 + 36 = 100
  tile.clock = Frequency(1e9);
  tile.load_bytes_per_cycle = 64;
  tile.affine_per_cycle = 64;
  tile.accumulate_per_cycle = 64;
  tile.send_bytes_per_cycle = 64;
  tile.partial_sum_bits = 16;
  tiles::DigitalSpec& digital = hardware.digital;
  digital.clock = Frequency(1e9);
  digital.embed.latency = embed_time;
  digital.rms_norm = {4, norm_time};
  digital.rope.latency = rope_time;
  digital.swiglu.latency = swiglu_time;
  digital.add = {1, add_time};
  digital.quantize.latency = quantize_time;
  digital.sample.latency = sample_time;
  digital.macs_per_cycle = 64;
  digital.weight_bits = 4;
  hardware.attention.clock = Frequency(1e9);
  hardware.attention.latency = ns(30);
  hardware.chip.tiles = 16;
  hardware.chip.digital_units = 4;
  hardware.chip.attention_units = 2;
  hardware.network.topology = interconnect::Topology::constant;
  hardware.network.constant_latency = network_latency;
  hardware.network.clock = Frequency(1e9);
  hardware.chip_link.bandwidth = Bandwidth(8e9);
  hardware.chip_link.latency = ns(20);
  hardware.dram.bandwidth = Bandwidth(10e9);
  hardware.dram.latency = ns(50);
  return hardware;
}

}  // namespace

HandMade::HandMade() { program.hardware = round_hardware(); }

sim::Step& HandMade::append(StepKind kind, Component component, std::uint32_t unit, const workloads::OpAttributes& op) {
  sim::Step step;
  step.id = static_cast<StepId>(program.steps.size());
  step.kind = kind;
  step.node = step.id;
  step.unit = {component, 0, unit};
  step.elements = 64;
  workloads::Node node;
  node.id = step.id;
  node.name = fmt::format("step {}", step.id);
  node.op = op;
  node.out_features = 64;
  program.graph.nodes.push_back(node);
  return program.steps.emplace_back(step);
}

void HandMade::read(sim::Step& step, const std::vector<StepId>& from, int bits) {
  for (const StepId input : from) step.inputs.push_back({input, 64, bits});
}

StepId HandMade::embed() { return vector(VectorOperation::embed, 0, {}); }

StepId HandMade::vector(VectorOperation operation, std::uint32_t unit, const std::vector<StepId>& from, int bits) {
  sim::Step& step = append(StepKind::vector_operation, Component::digital_unit, unit, workloads::AddOp{});
  step.operation = operation;
  read(step, from, bits);
  return step.id;
}

StepId HandMade::mvm(std::uint32_t tile, StepId from, Index row_begin) {
  sim::Step& step = append(StepKind::mvm, Component::crossbar_tile, tile, workloads::LinearOp{64, 64});
  step.shard = static_cast<sim::ShardId>(program.shards.size());
  sim::Shard shard;
  shard.id = step.shard;
  shard.linear = step.node;
  shard.row_begin = row_begin;
  shard.rows = shard.columns = 64;
  shard.tile = step.unit;
  program.shards.push_back(shard);
  read(step, {from}, 8);
  return step.id;
}

StepId HandMade::accumulate(std::uint32_t tile, const std::vector<StepId>& from) {
  sim::Step& step = append(StepKind::accumulate, Component::crossbar_tile, tile, workloads::LinearOp{64, 64});
  step.inner = static_cast<std::int64_t>(from.size());
  read(step, from, 16);
  return step.id;
}

StepId HandMade::attention(std::uint32_t unit, const std::vector<StepId>& from) {
  sim::Step& step =
      append(StepKind::attention, Component::attention_unit, unit, workloads::AttentionOp{1, 1, 64, 0, 0});
  step.order = sim::StepOrder::token_order;
  read(step, from, 16);
  return step.id;
}

StepId HandMade::matmul(std::uint32_t unit, StepId from) {
  sim::Step& step = append(StepKind::digital_matmul, Component::digital_unit, unit, workloads::LinearOp{64, 64});
  step.inner = 64;
  read(step, {from}, 8);
  return step.id;
}

StepId HandMade::sample(std::uint32_t unit, const std::vector<StepId>& from) {
  const StepId step = vector(VectorOperation::sample, unit, from);
  only_sampled(step);
  return step;
}

std::string dump(const sim::TimingResult& result) {
  std::string text = fmt::format("{} packets {} bytes {} mvms {} link {}\n", result.elapsed.picoseconds(),
                                 result.packets, result.bytes_sent, result.mvms, result.busiest_link);
  text += fmt::format("simulated {}\ndeviation {}\n", result.sampling.simulated, result.sampling.largest_deviation);
  for (const Time at : result.token_times) text += fmt::format("token {}\n", at.picoseconds());
  for (const auto& [key, times] : result.counts.entries()) {
    text += fmt::format("{} {} {} {}: {}\n", name(key.action), key.operator_id, name(key.phase), key.chip, times);
  }
  for (const sim::UnitActivity& row : result.activity) {
    text += fmt::format("{} {} {} {} {} {}\n", name(row.component), row.chip, row.units, row.used,
                        row.busy.picoseconds(), row.wakes);
  }
  return text;
}

std::string dump_of_child(const sim::Program& program, const sim::InferenceWorkload& workload,
                          const sim::TimingOptions& options) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    const std::string text = dump(simulate_timing(program, workload, options));
    const bool written = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return text;
}

Time elapsed_of_child(const sim::Program& program, const sim::InferenceWorkload& workload) {
  return Time(std::stoll(dump_of_child(program, workload)));
}

}  // namespace aimc::testing
