#include "sim/ledger/programming.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <queue>

#include "sim/ledger/unit_price.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using config::Uncertainty;

/// Cells that take one pulse together, and the read that follows.
struct Group {
  std::int64_t groups = 0;  ///< in the array
  double devices = 0;       ///< pulsed at once
  Time verify;
  Energy verify_energy;
};

class Writer {
 public:
  Writer(const Program& program, const EnergyTable& table) : program_(&program), spec_(*table.programming) {
    for (const Action action : {Action::dac_conversion, Action::cell_read, Action::adc_conversion})
      prices_[action] = unit_price(action, table, program.hardware);
  }

  [[nodiscard]] Group group_of(const Shard& shard) const {
    const tiles::TileSpec& tile = program_->hardware.tile;
    const std::int64_t cells = shard.columns * tiles::slices_per_weight(tile.slicing);
    const auto read = [&](Index outputs, std::int64_t times) {
      const Time time = tiles::mvm_timing(tile, 1, outputs).convert;
      return std::pair{times * time, static_cast<double>(times) * energy_of_read(tiles::mvm_actions(tile, 1, outputs))};
    };
    switch (spec_.at_once) {
      case WriteGroup::row: {
        const auto [time, energy] = read(shard.columns, 1);
        return {shard.rows, static_cast<double>(cells), time, energy};
      }
      case WriteGroup::column: {  // one row is driven after the other to tell the cells of a column apart
        const auto [time, energy] = read(1, shard.rows);
        return {cells, static_cast<double>(shard.rows), time, energy};
      }
      case WriteGroup::cell:
        break;
    }
    const auto [time, energy] = read(1, 1);
    return {shard.rows * cells, 1, time, energy};
  }

  /// Program-and-verify rounds of an array.
  [[nodiscard]] std::int64_t rounds(const Group& group) const {
    return group.groups * program_->hardware.tile.devices_per_weight * spec_.iterations;
  }
  [[nodiscard]] double seconds(const Group& group) const {
    return static_cast<double>(rounds(group)) * (spec_.pulse_time + group.verify).seconds();
  }
  [[nodiscard]] Energy pulse_energy(const Group& group) const { return group.devices * spec_.pulse_energy; }
  [[nodiscard]] Power power(const Group& group) const {
    return (pulse_energy(group) + group.verify_energy) / (spec_.pulse_time + group.verify);
  }
  [[nodiscard]] Uncertainty read_range() const {
    Uncertainty range;
    for (const auto& [action, price] : prices_) range = widest(range, price.range);
    return range;
  }

 private:
  [[nodiscard]] Energy energy_of_read(const tiles::MvmActions& actions) const {
    return static_cast<double>(actions.dac_conversions) * prices_.at(Action::dac_conversion).energy +
           static_cast<double>(actions.cell_reads) * prices_.at(Action::cell_read).energy +
           static_cast<double>(actions.adc_conversions) * prices_.at(Action::adc_conversion).energy;
  }

  const Program* program_;
  const ProgrammingSpec& spec_;
  std::map<Action, UnitPrice> prices_;
};

/// Time until the last of the arrays is written when `at_once` of them are at any time, taken in their order.
double makespan(const std::vector<double>& seconds, std::int64_t at_once) {
  std::priority_queue<double, std::vector<double>, std::greater<>> ends;
  double last = 0;
  for (const double each : seconds) {
    double begin = 0;
    if (std::ssize(ends) >= at_once) {
      begin = ends.top();
      ends.pop();
    }
    ends.push(begin + each);
    last = std::max(last, begin + each);
  }
  return last;
}

/// Uncertainty of a product of independent constants: their factors in quadrature, as logarithms.
Uncertainty product(Uncertainty a, Uncertainty b) {
  const auto far = [](double x, double y) { return std::hypot(std::log(x), std::log(y)); };
  return {a.low <= 0 || b.low <= 0 ? 0 : std::exp(-far(a.low, b.low)), std::exp(far(a.high, b.high))};
}

void add_memory(const Program& program, const EnergyTable& table, ProgrammingReport& report) {
  for (const LinearPlacement& placement : program.linears) {
    if (placement.unit != LinearUnit::digital) continue;
    const auto& op = std::get<workloads::LinearOp>(program.graph.nodes.at(placement.linear).op);
    report.memory_bytes += op.in_features * op.out_features * program.hardware.digital.weight_bits / 8;
  }
  report.memory_energy =
      static_cast<double>(report.memory_bytes) * unit_price(Action::weight_read_byte, table, program.hardware).energy;
}

void add_band(const Writer& writer, const Program& program, const EnergyTable& table,
              const config::ProvenanceTable& provenance, ProgrammingReport& report) {
  const auto own = [&](const char* key) {
    return uncertainty_of(table.uncertainty, provenance, std::string("hardware.energy.programming.") + key);
  };
  const Uncertainty pulses = product(own("iterations"), own("pulse_energy"));
  const Uncertainty reads = product(own("iterations"), writer.read_range());
  const Uncertainty memory = unit_price(Action::weight_read_byte, table, program.hardware).range;
  report.total = report.pulse_energy + report.verify_energy + report.memory_energy;
  report.low = report.pulse_energy * pulses.low + report.verify_energy * reads.low + report.memory_energy * memory.low;
  report.high =
      report.pulse_energy * pulses.high + report.verify_energy * reads.high + report.memory_energy * memory.high;
}

}  // namespace

std::optional<ProgrammingReport> programming_of(const Program& program, const EnergyTable& table,
                                                const config::ProvenanceTable& provenance) {
  if (!table.programming) return std::nullopt;
  const Writer writer(program, table);
  ProgrammingReport report;
  std::map<std::uint32_t, std::vector<double>> seconds_by_chip;
  Power array_power;
  for (const Shard& shard : program.shards) {
    const Group group = writer.group_of(shard);
    const std::int64_t rounds = writer.rounds(group);
    seconds_by_chip[shard.tile.chip].push_back(writer.seconds(group));
    array_power = std::max(array_power, writer.power(group));
    report.devices += shard.rows * shard.columns * tiles::slices_per_weight(program.hardware.tile.slicing) *
                      program.hardware.tile.devices_per_weight;
    report.pulse_energy += static_cast<double>(rounds) * writer.pulse_energy(group);
    report.verify_energy += static_cast<double>(rounds) * group.verify_energy;
  }
  report.arrays = std::ssize(program.shards);
  report.pulses = report.devices * table.programming->iterations;
  std::int64_t most = 0;
  for (const auto& [chip, arrays] : seconds_by_chip) most = std::max<std::int64_t>(most, std::ssize(arrays));
  report.arrays_at_once = most;
  if (const Power limit = table.programming->power_per_chip; limit > Power{} && array_power > Power{})
    report.arrays_at_once =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(limit / array_power), std::min<std::int64_t>(1, most), most);
  double longest = 0;
  for (const auto& [chip, arrays] : seconds_by_chip)
    longest = std::max(longest, makespan(arrays, report.arrays_at_once));
  report.time = Duration(longest);
  report.chip_power = static_cast<double>(report.arrays_at_once) * array_power;
  report.amortised_over_tokens = table.programming->amortised_over_tokens;
  add_memory(program, table, report);
  add_band(writer, program, table, provenance, report);
  return report;
}

}  // namespace aimc::sim
