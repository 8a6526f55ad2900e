#include "sim/mapping/traffic.h"

#include <algorithm>
#include <tuple>

namespace aimc::sim {
namespace {

/// Encodings stay with the step whose result they encode, on the unit where it is made.
bool goes_with_its_source(const Program& program, const Step& step) {
  if (step.kind != StepKind::vector_operation || step.inputs.size() != 1) return false;
  if (step.operation != tiles::VectorOperation::quantize && step.operation != tiles::VectorOperation::range_maximum)
    return false;
  return program.steps[step.inputs.front().from].unit == step.unit;
}

struct Flow {
  ObjectId a, b;
  std::int64_t bits;
};

}  // namespace

Traffic::Traffic(const Program& program) {
  const auto tiles_per_chip = static_cast<std::size_t>(program.hardware.chip.tiles);
  tiles_ = program.chips * tiles_per_chip;
  for (std::size_t i = 0; i < tiles_; ++i)
    objects_.push_back({{Component::crossbar_tile, static_cast<std::uint32_t>(i / tiles_per_chip),
                         static_cast<std::uint32_t>(i % tiles_per_chip)},
                        {}});
  const auto tile_object = [&](const UnitAddress& tile) {
    return static_cast<ObjectId>(tile.chip * tiles_per_chip + tile.index);
  };
  for (const Shard& shard : program.shards) shard_object_.push_back(tile_object(shard.tile));
  std::vector<Flow> flows;
  for (const Step& step : program.steps) {
    if (step.unit.component == Component::crossbar_tile) {
      object_of_.push_back(tile_object(step.unit));
    } else if (goes_with_its_source(program, step)) {
      object_of_.push_back(object_of_[step.inputs.front().from]);
    } else {
      object_of_.push_back(static_cast<ObjectId>(objects_.size()));
      objects_.push_back({step.unit, {}});
    }
    for (const StepInput& input : step.inputs) {
      const ObjectId from = object_of_[input.from], to = object_of_.back();
      if (from != to) flows.push_back({std::min(from, to), std::max(from, to), input.elements * input.bits});
    }
  }
  std::ranges::sort(flows, {}, [](const Flow& flow) { return std::tuple(flow.a, flow.b); });
  for (std::size_t i = 0; i < flows.size();) {
    std::int64_t bits = 0;
    const Flow first = flows[i];
    for (; i < flows.size() && flows[i].a == first.a && flows[i].b == first.b; ++i) bits += flows[i].bits;
    objects_[first.a].links.push_back({first.b, bits});
    objects_[first.b].links.push_back({first.a, bits});
  }
}

std::int64_t Traffic::weighted_hops(const HopDistance& distance) const {
  std::int64_t sum = 0;
  for (const Object& object : objects_) {
    const auto place = distance.place_of(object.unit);
    for (const Link& link : object.links)
      sum += link.bits * distance.hops(place, distance.place_of(objects_[link.to].unit));
  }
  return sum / 2;  // each link is held by both its ends
}

void Traffic::apply(Program& program) const {
  for (Shard& shard : program.shards) shard.tile = objects_[shard_object_[shard.id]].unit;
  for (Step& step : program.steps) step.unit = objects_[object_of_[step.id]].unit;
}

std::int64_t weighted_hops(const Program& program) {
  return Traffic(program).weighted_hops(HopDistance(program.hardware, program.chips));
}

}  // namespace aimc::sim
