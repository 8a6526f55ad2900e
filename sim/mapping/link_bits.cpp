#include "sim/mapping/link_bits.h"

#include <algorithm>
#include <map>
#include <set>

#include "sim/program/floor_plan.h"

namespace aimc::sim {
namespace {

using interconnect::LinkId;
using interconnect::NetworkPlace;
using interconnect::Reduction;

/// Adds transfers to links; those between start() calls that share a link pass it once.
class Loads {
 public:
  explicit Loads(const interconnect::PackageTopology& topology)
      : bits(topology.link_count(), 0), topology_(topology), stamps_(topology.link_count(), 0) {}
  std::vector<std::int64_t> bits;

  void start() { ++stamp_; }
  void add(NetworkPlace from, NetworkPlace to, std::int64_t amount) {
    topology_.walk(from, to, [&](const interconnect::LinkPlace& place) {
      const LinkId link = topology_.link(place);
      if (stamps_[link] == stamp_) return;
      stamps_[link] = stamp_;
      bits[link] += amount;
    });
  }

 private:
  const interconnect::PackageTopology& topology_;
  std::vector<std::uint32_t> stamps_;
  std::uint32_t stamp_ = 0;
};

/// Where the output of a step goes as DAC codes, slice by slice (first row of the arrays, elements, bits).
struct Slice {
  std::int64_t bits = 0;
  std::set<UnitAddress> units;
};

}  // namespace

interconnect::PackageTopology package_of(const Program& program) {
  return {program.hardware.network.topology, FloorPlan(program.hardware.chip).grid(), program.chips};
}

std::vector<std::int64_t> link_bits(const Program& program, const interconnect::PackageTopology& topology) {
  const FloorPlan plan(program.hardware.chip);
  const auto place_of = [&](const UnitAddress& unit) { return NetworkPlace{unit.chip, plan.node_of(unit)}; };
  Loads loads(topology);
  std::vector<std::map<Index, Slice>> slices(program.steps.size());
  for (const Step& step : program.steps) {
    if (step.reduction == Reduction::in_network) loads.start();
    for (const StepInput& input : step.inputs) {
      const UnitAddress& from = program.steps[input.from].unit;
      if (from == step.unit) continue;
      if (step.kind == StepKind::mvm) {
        Slice& slice = slices[input.from][program.shards[step.shard].row_begin];
        slice.bits = std::max(slice.bits, input.elements * input.bits);
        slice.units.insert(step.unit);
        continue;
      }
      if (step.reduction != Reduction::in_network) loads.start();
      loads.add(place_of(from), place_of(step.unit), input.elements * input.bits);
    }
  }
  for (const Step& step : program.steps) {
    for (const auto& [row, slice] : slices[step.id]) {
      loads.start();
      for (const UnitAddress& unit : slice.units) {
        if (!program.hardware.network.multicast) loads.start();
        loads.add(place_of(step.unit), place_of(unit), slice.bits);
      }
    }
  }
  return loads.bits;
}

}  // namespace aimc::sim
