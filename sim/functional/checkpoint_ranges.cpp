#include "sim/functional/checkpoint_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "base/check/error.h"
#include "base/check/first_few.h"
#include "workloads/model/input_ranges.h"

namespace aimc::sim {
namespace {

using tiles::InputRangeMode;

/// The ranges of one linear, or what is wrong with them.
std::vector<float> ranges_of(const workloads::WeightSource& weights, const std::string& linear,
                             const LinearPlacement& placement, std::vector<std::string>& complaints) {
  const bool whole_vector = placement.unit == LinearUnit::digital;
  const auto row_tiles = static_cast<Index>(placement.row_tiles.size());
  const auto values = workloads::read_input_ranges(
      weights, linear, whole_vector ? std::nullopt : std::optional<Index>(row_tiles), complaints);
  if (!values) return {};
  if (whole_vector) return {values->maxCoeff()};  // a smaller one would clip what was learned to pass
  std::vector<float> ranges(values->data(), values->data() + values->size());
  ranges.resize(placement.row_tiles.size(), ranges.front());
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
    ranges[placement.linear] = ranges_of(weights, program.graph.node(placement.linear).name, placement, complaints);
  }
  if (!complaints.empty())
    throw InputError(fmt::format(
        "input ranges are to come from the weights, but the learned ones of {} are not all there or do not "
        "fit ({} of {} linears); calibrate on a text instead (ranges: calibrated of a deployment, with "
        "accuracy.calibration_text), or convert the checkpoint with scripts/convert_afm_checkpoint.py:\n  {}",
        program.graph.model_name, complaints.size(), ranges.size(), first_few(complaints)));
  share_ranges(program, ranges);
  return ranges;
}

}  // namespace aimc::sim
