#include "sim/functional/deploy.h"

#include <mutex>
#include <variant>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/linear/digital_linear.h"
#include "tiles/linear/float_linear.h"

namespace aimc::sim {

namespace {

using workloads::LinearOp;
using workloads::Node;

/// What all linears of one deployment have in common.
struct Deployment {
  const Program& program;
  const DeploymentNumerics& numerics;
  const InputRanges& ranges;
  const tiles::Device* device;  ///< null: ideal
  RandomKey key;
};

const std::vector<float>& ranges_of(const Deployment& deployment, const Node& node, std::size_t row_tiles) {
  const auto found = deployment.ranges.find(node.id);
  AIMC_CHECK(found != deployment.ranges.end() && found->second.size() == row_tiles, "{} needs {} calibrated ranges",
             node.name, row_tiles);
  return found->second;
}

std::unique_ptr<tiles::Linear> build_float(const Deployment& deployment, const Node& node, const Matrix& weights) {
  if (deployment.device == nullptr) return tiles::make_float_linear(weights);
  const auto row_tiles = tiles::balanced_split(weights.cols(), deployment.program.hardware.tile.rows);
  return tiles::make_float_linear(tiles::programmed_weights(
      weights, row_tiles, *deployment.device, deployment.key.child(node.name), deployment.numerics.seconds));
}

std::unique_ptr<tiles::Linear> build_digital(const Deployment& deployment, const Node& node, const Matrix& weights) {
  const HardwareSpec& hardware = deployment.program.hardware;
  tiles::DigitalLinearOptions options{.weight_bits = hardware.digital.weight_bits,
                                      .input_bits = hardware.digital.input_bits,
                                      .range = hardware.digital.input_range,
                                      .input_range = 0};
  if (options.range == tiles::InputRangeMode::static_range && options.weight_bits < 16)
    options.input_range = ranges_of(deployment, node, 1).front();
  return tiles::make_digital_linear(weights, options);
}

std::unique_ptr<tiles::Linear> build_analog(const Deployment& deployment, const LinearPlacement& placement,
                                            const Node& node, const Matrix& weights) {
  const tiles::TileSpec& tile = deployment.program.hardware.tile;
  tiles::AnalogLinearOptions options{.row_tiles = placement.row_tiles,
                                     .column_tiles = placement.column_tiles,
                                     .input_ranges = {},
                                     .arithmetic = deployment.numerics.arithmetic,
                                     .kernel = deployment.numerics.kernel,
                                     .effects = deployment.numerics.effects,
                                     .seconds = deployment.numerics.seconds,
                                     .compensation = deployment.numerics.compensation};
  if (tile.input.range == tiles::InputRangeMode::static_range)
    options.input_ranges = ranges_of(deployment, node, placement.row_tiles.size());
  return tiles::make_analog_linear(weights, tile, options, deployment.device, deployment.key.child(node.name));
}

std::unique_ptr<tiles::Linear> build_linear(const Deployment& deployment, const LinearPlacement& placement,
                                            const workloads::WeightSource& source) {
  const Node& node = deployment.program.graph.node(placement.linear);
  const auto& op = std::get<LinearOp>(node.op);
  const Matrix weights = source.read(node.name + ".weight", op.out_features, op.in_features);
  switch (placement.unit) {
    case LinearUnit::floating_point:
      return build_float(deployment, node, weights);
    case LinearUnit::digital:
      return build_digital(deployment, node, weights);
    case LinearUnit::analog:
      return build_analog(deployment, placement, node, weights);
  }
  AIMC_CHECK(false, "unknown unit of {}", node.name);
}

}  // namespace

namespace {
std::shared_ptr<const tiles::Device> device_of(const DeploymentNumerics& numerics) {
  if (numerics.device.model == "none") return nullptr;
  tiles::DeviceOptions options = numerics.device;
  options.effects = numerics.effects;
  return tiles::make_device(options);
}
}  // namespace

bool is_random(const Program& program, const DeploymentNumerics& numerics) {
  const auto device = device_of(numerics);
  if (device == nullptr || !device->is_random()) return false;
  return std::ranges::any_of(program.linears,
                             [](const auto& placement) { return placement.unit != LinearUnit::digital; });
}

LinearSet build_linears(const Program& program, const workloads::WeightSource& weights,
                        const DeploymentNumerics& numerics, const InputRanges& ranges, std::uint64_t seed) {
  const auto device = device_of(numerics);
  const Deployment deployment{program, numerics, ranges, device.get(), RandomKey(seed)};
  std::vector<std::shared_ptr<const tiles::Linear>> built(program.linears.size());
  parallel_for(static_cast<std::int64_t>(built.size()), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    built[at] = build_linear(deployment, program.linears[at], weights);
  });
  LinearSet set;
  for (std::size_t i = 0; i < built.size(); ++i) set[program.linears[i].linear] = std::move(built[i]);
  return set;
}

}  // namespace aimc::sim
