#include "sim/adapt/linear_plan.h"

#include <algorithm>
#include <tuple>

#include "tiles/spec/tile_spec.h"

namespace aimc::adapt {
namespace {

using workloads::Graph;
using workloads::LinearOp;
using workloads::Node;
using workloads::NodeId;

constexpr double first_range = 3;

at::ScalarType type_of(Precision precision) { return precision == Precision::bf16 ? at::kBFloat16 : at::kFloat; }

std::vector<RowTile> split(Index features, Index rows) {
  std::vector<RowTile> tiles;
  Index begin = 0;
  for (const Index count : tiles::balanced_split(features, rows)) {
    tiles.push_back({begin, count});
    begin += count;
  }
  return tiles;
}

bool stays_exact(const AnalogSpec& analog, const std::string& name) {
  return std::ranges::any_of(analog.full_precision,
                             [&](const std::string& part) { return name.find(part) != std::string::npos; });
}

/// The group of a linear that reads this operand: an old one where encodings are shared, else a new one.
class Groups {
 public:
  Groups(LinearPlan& plan, bool shared, const at::Device& device) : plan_(plan), shared_(shared), device_(device) {}

  std::size_t of(const Node& node, const std::vector<RowTile>& tiles) {
    const auto& operand = node.inputs.at(0);
    const auto [place, is_new] =
        known_.try_emplace({operand.node, operand.offset, operand.width, tiles.size(), shared_ ? NodeId{0} : node.id},
                           plan_.groups.size());
    if (is_new) {
      RangeGroup group;
      group.tiles = tiles;
      const auto count = static_cast<Index>(tiles.size());
      group.range = at::full({count}, first_range, at::TensorOptions().dtype(at::kFloat).device(device_));
      group.counts.inside.assign(tiles.size(), 0);
      group.counts.all.assign(tiles.size(), 0);
      plan_.groups.push_back(std::move(group));
    }
    plan_.groups[place->second].linears.push_back(node.name);
    return place->second;
  }

 private:
  LinearPlan& plan_;
  bool shared_;
  at::Device device_;
  std::map<std::tuple<NodeId, std::int64_t, std::int64_t, std::size_t, NodeId>, std::size_t> known_;
};

}  // namespace

LinearPlan plain_linears(const Graph& graph, Precision precision) {
  LinearPlan plan;
  for (const Node& node : graph.nodes) {
    const auto* op = std::get_if<LinearOp>(&node.op);
    if (op == nullptr) continue;
    LinearNumerics numerics;
    numerics.tiles = split(op->in_features, 0);
    numerics.type = type_of(precision);
    plan.linears[node.id] = {numerics, 0};
  }
  return plan;
}

LinearPlan plan_linears(const Graph& graph, const AdaptSpec& spec, const at::Device& device) {
  LinearPlan plan = plain_linears(graph, spec.precision);
  const AnalogSpec& analog = spec.analog;
  const bool shared = spec.hardware && spec.hardware->tile.input.sharing == tiles::InputRangeSharing::per_input;
  Groups groups(plan, shared, device);
  for (const Node& node : graph.nodes) {
    const auto* op = std::get_if<LinearOp>(&node.op);
    if (op == nullptr || stays_exact(analog, node.name)) continue;
    auto& linear = plan.linears[node.id];
    linear.numerics.weight_noise = analog.weight_noise;
    linear.numerics.noise_scales = analog.weight_noise > 0 && analog.noise_gradient == NoiseGradient::scale;
    linear.numerics.weight_bits = analog.weight_bits;
    linear.clipped = analog.clip > 0;
    if (!spec.hardware) continue;
    const tiles::TileSpec& tile = spec.hardware->tile;
    linear.numerics.tiles = split(op->in_features, tile.rows);
    if (!analog.inputs) continue;
    linear.numerics.largest_input = tiles::largest_code(tile.input.bits);
    linear.group = groups.of(node, linear.numerics.tiles);
    plan.groups[linear.group].gives_logits = graph.nodes.back().inputs.at(0).node == node.id;
    if (!analog.outputs) continue;
    linear.numerics.largest_output = tiles::largest_code(tile.adc.bits);
    linear.numerics.out_bound = tile.adc.out_bound;
  }
  return plan;
}

}  // namespace aimc::adapt
