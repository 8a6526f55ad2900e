#include "sim/validate/closed_forms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <variant>
#include <vector>

#include "base/check/check.h"
#include "sim/program/floor_plan.h"

namespace aimc::sim::closed_form {
namespace {

double cycles(double work, double per_cycle, Frequency clock) { return std::ceil(work / per_cycle) * 1e9 / clock.si(); }
double bytes(double elements, double bits) { return std::ceil(elements * bits / 8); }

double convert(const tiles::TileSpec& tile) {
  const double pulses = std::ldexp(tile.input.pulse_tick.nanoseconds(), tile.input.bits - 1);
  return tile.input.phases * (pulses + tile.input.phase_overhead.nanoseconds()) + tile.input.mvm_overhead.nanoseconds();
}
double load(const tiles::TileSpec& tile, double rows) {
  return cycles(bytes(rows, tile.input.bits), static_cast<double>(tile.load_bytes_per_cycle), tile.clock);
}
double affine(const tiles::TileSpec& tile, double columns) {
  return cycles(columns, static_cast<double>(tile.affine_per_cycle), tile.clock);
}
double send(const tiles::TileSpec& tile, double columns) {
  return cycles(bytes(columns, tile.partial_sum_bits), static_cast<double>(tile.send_bytes_per_cycle), tile.clock);
}

double stream(const interconnect::DramSpec& dram, double size) {
  return size == 0 ? 0 : dram.latency.nanoseconds() + size / dram.bandwidth.si() * 1e9;
}

/// Attention of a token that sees `positions` positions; reads: it passes over the cache itself.
double attention(const Program& program, const Step& step, double positions, bool reads) {
  const tiles::AttentionSpec& spec = program.hardware.attention;
  const auto& op = std::get<workloads::AttentionOp>(program.graph.node(step.node).op);
  const double seen = op.window > 0 ? std::min(positions, static_cast<double>(op.window)) : positions;
  const double kv = bytes(2.0 * static_cast<double>(op.kv_heads * op.head_dim), spec.kv_bits);
  double products = 0, softmax = 0;
  if (spec.macs_per_cycle > 0)
    products = cycles(2 * seen * static_cast<double>(op.heads * op.head_dim), static_cast<double>(spec.macs_per_cycle),
                      spec.clock);
  if (spec.softmax_per_cycle > 0)
    softmax = cycles(seen * static_cast<double>(op.heads), static_cast<double>(spec.softmax_per_cycle), spec.clock);
  return std::max(products, stream(program.hardware.dram, reads ? kv + seen * kv : kv)) + softmax +
         spec.latency.nanoseconds();
}

/// Times of steps and of the edges between them, for a token that sees some positions.
class Path {
 public:
  Path(const Program& program, double positions)
      : program_(program), plan_(program.hardware.chip), positions_(positions) {
    for (const Step& step : program.steps) {
      double ready = 0;
      for (const StepInput& input : step.inputs)
        ready = std::max(ready, finish_[input.from] + edge(program.steps[input.from], step, input));
      ready_.push_back(ready);
      finish_.push_back(ready + service(step));
    }
    rest_.resize(program.steps.size(), 0);
    for (auto step = program.steps.rbegin(); step != program.steps.rend(); ++step)
      for (const StepInput& input : step->inputs)
        rest_[input.from] = std::max(rest_[input.from],
                                     edge(program.steps[input.from], *step, input) + service(*step) + rest_[step->id]);
  }

  [[nodiscard]] double ready(StepId step) const { return ready_[step]; }
  /// From the step's result to the end.
  [[nodiscard]] double rest(StepId step) const { return rest_[step]; }
  [[nodiscard]] double end() const { return finish_.back(); }
  [[nodiscard]] double service(const Step& step) const;

 private:
  [[nodiscard]] double vector(const Step& step) const;
  [[nodiscard]] double edge(const Step& from, const Step& to, const StepInput& input) const;

  const Program& program_;
  const FloorPlan plan_;
  const double positions_;
  std::vector<double> ready_, finish_, rest_;  // [steps]
};

double Path::vector(const Step& step) const {
  const HardwareSpec& hardware = program_.hardware;
  const tiles::OperationCost& cost = hardware.digital.cost(step.operation);
  double time = cost.latency.nanoseconds();
  if (hardware.digital.lanes > 0)
    time += cycles(static_cast<double>(step.elements * cost.operations), static_cast<double>(hardware.digital.lanes),
                   hardware.digital.clock);
  if (step.operation != tiles::VectorOperation::embed) return time;
  return std::max(time,
                  stream(hardware.dram, bytes(static_cast<double>(step.elements), hardware.digital.activation_bits)));
}

double Path::service(const Step& step) const {
  const tiles::TileSpec& tile = program_.hardware.tile;
  switch (step.kind) {
    case StepKind::mvm: {
      const Shard& shard = program_.shards[step.shard];
      return mvm_latency(tile, static_cast<double>(shard.rows), static_cast<double>(shard.columns));
    }
    case StepKind::accumulate:
      return step.inputs.size() < 2 ? 0
                                    : cycles(static_cast<double>(step.elements),
                                             static_cast<double>(tile.accumulate_per_cycle), tile.clock);
    case StepKind::attention:
      return attention(program_, step, positions_, true);
    case StepKind::vector_operation:
      return vector(step);
    case StepKind::digital_matmul:
      break;
  }
  AIMC_CHECK(false, "no closed form for a digital matmul");
  return 0;
}

double Path::edge(const Step& from, const Step& to, const StepInput& input) const {
  if (from.unit == to.unit) return 0;
  const bool from_tile = from.unit.component == Component::crossbar_tile;
  const double drain = from_tile ? send(program_.hardware.tile, static_cast<double>(from.elements)) : 0;
  const interconnect::NetworkSpec& network = program_.hardware.network;
  if (from.unit.chip != to.unit.chip) return drain;
  if (network.topology == interconnect::Topology::constant) return drain + network.constant_latency.nanoseconds();
  const std::uint32_t a = plan_.node_of(from.unit), b = plan_.node_of(to.unit);
  const auto width = static_cast<std::uint32_t>(plan_.grid().width);
  const auto distance = [](std::uint32_t x, std::uint32_t y) { return x > y ? x - y : y - x; };
  const double hops = distance(a % width, b % width) + distance(a / width, b / width);
  // The tail leaves the sender with its last bytes at the earliest.
  return std::max(zero_load(network, hops, static_cast<double>(input.elements * input.bits)),
                  hops * network.hop_cycles * 1e9 / network.clock.si() + drain);
}

}  // namespace

double mvm_latency(const tiles::TileSpec& tile, double rows, double columns) {
  return load(tile, rows) + convert(tile) + affine(tile, columns);
}

double mvm_period(const tiles::TileSpec& tile, double rows, double columns) {
  return std::max({load(tile, rows), convert(tile), affine(tile, columns), send(tile, columns)});
}

double zero_load(const interconnect::NetworkSpec& network, double hops, double payload_bits) {
  const double flits = std::ceil((payload_bits + network.header_bits) / network.flit_bits);
  return (hops * network.hop_cycles + flits) * 1e9 / network.clock.si();
}

double serial_path(const Program& program, std::int64_t positions) {
  return Path(program, static_cast<double>(positions)).end();
}

double prefill_bound(const Program& program, std::int64_t prompt_tokens) {
  constexpr double unknown = std::numeric_limits<double>::max();
  struct Unit {
    double first = unknown, after = unknown;  // shortest way to it and on from it
    double work = 0;                          // for all tokens, as far as it cannot overlap
    double last = unknown;                    // what the last token's job takes beyond that
  };
  const Path path(program, 1);
  const auto tokens = static_cast<double>(prompt_tokens);
  std::map<UnitAddress, Unit> units;
  for (const Step& step : program.steps) {
    if (step.occurrence != Occurrence::every_token) continue;
    Unit& unit = units[step.unit];
    unit.first = std::min(unit.first, path.ready(step.id));
    unit.after = std::min(unit.after, path.rest(step.id));
    unit.last = std::min(unit.last, step.kind == StepKind::mvm ? path.service(step) : 0);
    if (step.kind == StepKind::mvm) unit.work += (tokens - 1) * convert(program.hardware.tile);
    if (step.kind == StepKind::vector_operation) unit.work += tokens * path.service(step);
    if (step.kind == StepKind::attention)
      for (std::int64_t positions = 1; positions <= prompt_tokens; ++positions) {
        const bool reads = positions % program.hardware.attention.query_block == 0 || positions == prompt_tokens;
        unit.work += attention(program, step, static_cast<double>(positions), reads);
      }
  }
  double bound = serial_path(program, prompt_tokens);
  for (const auto& [address, unit] : units) bound = std::max(bound, unit.first + unit.work + unit.last + unit.after);
  return bound;
}

}  // namespace aimc::sim::closed_form
