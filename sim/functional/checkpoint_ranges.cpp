#include "sim/functional/checkpoint_ranges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <variant>

#include "base/check/error.h"

namespace aimc::sim {
namespace {

using tiles::InputRangeMode;

/// The ranges of one linear, or what is wrong with them.
std::vector<float> ranges_of(const workloads::WeightSource& weights, const std::string& name,
                             const LinearPlacement& placement, std::vector<std::string>& complaints) {
  const bool whole_vector = placement.unit == LinearUnit::digital;
  const std::size_t row_tiles = whole_vector ? 1 : placement.row_tiles.size();
  const auto shape = weights.shape(name);
  if (!shape) {
    complaints.push_back(fmt::format("{} is missing", name));
    return {};
  }
  const auto count = std::accumulate(shape->begin(), shape->end(), Index{1}, std::multiplies<>());
  if (whole_vector ? count == 0 : count != 1 && count != static_cast<Index>(row_tiles)) {
    complaints.push_back(
        fmt::format("{} has {} values, but this hardware cuts the linear into {} row tiles (one value "
                    "would serve all)",
                    name, count, row_tiles));
    return {};
  }
  if (shape->size() > 2 || (shape->size() == 2 && shape->front() != 1)) {
    complaints.push_back(fmt::format("{} has shape {}, not [row tiles]", name, *shape));
    return {};
  }
  const Matrix values = weights.read(name, 1, count);
  if (!(values.array() > 0).all()) {
    complaints.push_back(fmt::format("{} holds a range that is not above zero", name));
    return {};
  }
  if (whole_vector) return {values.maxCoeff()};  // a smaller one would clip what was learned to pass
  std::vector<float> ranges(values.data(), values.data() + values.size());
  ranges.resize(row_tiles, ranges.front());
  return ranges;
}

}  // namespace

bool has_static_range(const LinearPlacement& placement, const HardwareSpec& hardware) {
  switch (placement.unit) {
    case LinearUnit::floating_point:
      return false;
    case LinearUnit::digital:
      return hardware.digital.weight_bits < 16 && hardware.digital.input_range == InputRangeMode::static_range;
    case LinearUnit::analog:
      return hardware.tile.input.range == InputRangeMode::static_range;
  }
  return false;
}

bool has_learned_ranges(const workloads::Graph& graph, const workloads::WeightSource& weights) {
  return std::ranges::any_of(graph.nodes, [&](const workloads::Node& node) {
    return std::holds_alternative<workloads::LinearOp>(node.op) && weights.contains(node.name + ".input_range");
  });
}

InputRanges checkpoint_ranges(const Program& program, const workloads::WeightSource& weights) {
  InputRanges ranges;
  std::vector<std::string> complaints;
  for (const auto& placement : program.linears) {
    if (!has_static_range(placement, program.hardware)) continue;
    const std::string name = program.graph.node(placement.linear).name + ".input_range";
    ranges[placement.linear] = ranges_of(weights, name, placement, complaints);
  }
  if (!complaints.empty())
    throw InputError(
        fmt::format("input ranges are to come from the checkpoint, but the learned ones of {} are not all there ({} of "
                    "{} linears); "
                    "calibrate on a text instead (accuracy.calibration.method, or ranges: calibrated of a deployment), "
                    "or convert the "
                    "checkpoint with scripts/convert_afm_checkpoint.py:\n  {}",
                    program.graph.model_name, complaints.size(), ranges.size(), fmt::join(complaints, "\n  ")));
  share_ranges(program, ranges);
  return ranges;
}

}  // namespace aimc::sim
