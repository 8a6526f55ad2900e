#include "sim/functional/build_linear.h"

#include <variant>

#include "base/check/check.h"
#include "sim/functional/source_rows.h"
#include "sim/functional/streamed_linear.h"
#include "tiles/crossbar/programmed_rows.h"
#include "tiles/linear/digital_linear.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/rounded_weights.h"

namespace aimc::sim {
namespace {

using tiles::Effect;
using workloads::LinearOp;
using workloads::Node;

const std::vector<float>& ranges_of(const LinearBuild& build, const Node& node, std::size_t row_tiles) {
  const auto found = build.ranges.find(node.id);
  AIMC_CHECK(found != build.ranges.end() && found->second.size() == row_tiles, "{} needs {} input ranges", node.name,
             row_tiles);
  return found->second;
}

std::unique_ptr<tiles::Linear> build_float(const LinearBuild& build, const Node& node, const SourceRows& weights,
                                           bool stream) {
  if (build.device == nullptr) return stream ? make_streamed_linear(weights) : tiles::make_float_linear(weights);
  const auto row_tiles = tiles::balanced_split(weights.cols(), build.program.hardware.tile.rows);
  return tiles::make_float_linear(
      tiles::ProgrammedRows(weights, row_tiles, *build.device, build.key.child(node.name), build.numerics.seconds));
}

std::unique_ptr<tiles::Linear> build_digital(const LinearBuild& build, const Node& node, const SourceRows& weights) {
  const tiles::DigitalSpec& digital = build.program.hardware.digital;
  tiles::DigitalLinearOptions options{.weight_bits = digital.weight_bits,
                                      .input_bits = digital.input_bits,
                                      .range = digital.input_range,
                                      .input_range = 0};
  if (options.range == tiles::InputRangeMode::static_range && options.weight_bits < 16)
    options.input_range = ranges_of(build, node, 1).front();
  if (build.device == nullptr || !build.numerics.integers_in_cells) return tiles::make_digital_linear(weights, options);
  const auto program = [&](const tiles::WeightRows& clean) {
    const auto row_tiles = tiles::balanced_split(clean.cols(), build.program.hardware.tile.rows);
    return tiles::make_held_digital_linear(
        tiles::ProgrammedRows(clean, row_tiles, *build.device, build.key.child(node.name), build.numerics.seconds),
        options);
  };
  if (options.weight_bits >= 16) return program(weights);
  return program(tiles::RoundedWeights(weights, options.weight_bits));
}

std::unique_ptr<tiles::Linear> build_analog(const LinearBuild& build, const LinearPlacement& placement,
                                            const Node& node, const SourceRows& weights) {
  const tiles::TileSpec& tile = build.program.hardware.tile;
  tiles::AnalogLinearOptions options{.row_tiles = placement.row_tiles,
                                     .column_tiles = placement.column_tiles,
                                     .input_ranges = {},
                                     .arithmetic = build.numerics.arithmetic,
                                     .kernel = build.numerics.kernel,
                                     .effects = build.numerics.effects,
                                     .seconds = build.numerics.seconds,
                                     .compensation = build.numerics.compensation};
  if (tile.input.range == tiles::InputRangeMode::static_range)
    options.input_ranges = ranges_of(build, node, placement.row_tiles.size());
  return tiles::make_analog_linear(weights, tile, options, build.device.get(), build.key.child(node.name));
}

// Circuits whose noise is drawn for every MVM, or whose columns differ.
bool circuits_are_random(const tiles::PeripherySpec& circuits, tiles::Effects effects) {
  const auto acts = [&](Effect effect, double magnitude) { return effects.has(effect) && magnitude != 0; };
  return acts(Effect::input_noise, circuits.input_noise) || acts(Effect::array_read_noise, circuits.array_read_noise) ||
         acts(Effect::voltage_offset, circuits.voltage_offset_std) ||
         acts(Effect::output_nonlinearity, circuits.output_nonlinearity * circuits.output_nonlinearity_std) ||
         acts(Effect::output_noise, circuits.output_noise) || acts(Effect::column_spread, circuits.gain_spread) ||
         acts(Effect::column_spread, circuits.offset_spread);
}

}  // namespace

bool is_random(const LinearPlacement& placement, const tiles::TileSpec& tile, const tiles::Device* device,
               const DeploymentNumerics& numerics) {
  if (placement.unit == LinearUnit::digital && !numerics.integers_in_cells) return false;
  if (device != nullptr && device->is_random()) return true;
  return placement.unit == LinearUnit::analog && circuits_are_random(tile.periphery, numerics.effects);
}

std::unique_ptr<tiles::Linear> build_linear(const LinearBuild& build, const LinearPlacement& placement,
                                            bool stream_float) {
  const Node& node = build.program.graph.node(placement.linear);
  const auto& op = std::get<LinearOp>(node.op);
  const SourceRows weights(build.weights, node.name + ".weight", {op.out_features, op.in_features});
  switch (placement.unit) {
    case LinearUnit::floating_point:
      return build_float(build, node, weights, stream_float);
    case LinearUnit::digital:
      return build_digital(build, node, weights);
    case LinearUnit::analog:
      return build_analog(build, placement, node, weights);
  }
  AIMC_CHECK(false, "unknown unit of {}", node.name);
}

}  // namespace aimc::sim
