#include "sim/mapping/layout.h"
#include "base/check/check.h"

#include <algorithm>
#include <optional>

#include "base/check/check.h"
#include "sim/mapping/anneal.h"
#include "sim/mapping/curve.h"
#include "sim/mapping/nearby_units.h"

namespace aimc::sim {
namespace {

/// A numbering of a chip's tiles: the i-th tile of a layout goes to tile order[i].
using TileOrder = std::vector<std::uint32_t>;

/// Tile numbers in the order in which a walk through nodes meets them. The snake that numbers tiles is its own inverse.
TileOrder order_of_walk(const std::vector<std::uint32_t>& nodes, const interconnect::Mesh& mesh, std::int64_t tiles) {
  TileOrder order;
  for (const std::uint32_t node : nodes)
    if (const std::uint32_t tile = mesh.snake(node); tile < tiles) order.push_back(tile);
  return order;
}

std::vector<TileOrder> tile_orders(const FloorPlan& plan, std::int64_t tiles) {
  const interconnect::Grid grid = plan.grid();
  const interconnect::Mesh mesh(grid);
  TileOrder as_numbered(static_cast<std::size_t>(tiles));
  for (std::uint32_t i = 0; i < tiles; ++i) as_numbered[i] = i;
  std::vector<std::uint32_t> mirrored;
  for (const std::uint32_t node : compact_walk({grid.height, grid.width})) {
    const auto height = static_cast<std::uint32_t>(grid.height), width = static_cast<std::uint32_t>(grid.width);
    mirrored.push_back(node % height * width + node / height);
  }
  return {as_numbered, order_of_walk(compact_walk(grid), mesh, tiles), order_of_walk(mirrored, mesh, tiles)};
}

void renumber_tiles(Traffic& traffic, const TileOrder& order) {
  for (ObjectId id = 0; id < traffic.tiles(); ++id) {
    UnitAddress unit = traffic.object(id).unit;
    unit.index = order[unit.index];
    traffic.move(id, unit);
  }
}

struct Layout {
  const Program* program = nullptr;
  Traffic traffic;
  std::int64_t cost = 0;
};

}  // namespace

Program lay_out(std::span<const Program> programs, const MappingSpec& spec) {
  const HardwareSpec& hardware = programs.front().hardware;
  std::optional<Layout> best;
  const auto consider = [&](const Program& program, Traffic traffic, const HopDistance& distance) {
    const std::int64_t cost = traffic.weighted_hops(distance);
    if (!best || cost < best->cost) best = Layout{&program, std::move(traffic), cost};
  };
  for (const Program& program : programs) {
    const HopDistance distance(hardware, program.chips);
    const Traffic as_it_is(program);
    Traffic near_units = as_it_is;
    choose_nearby_of_spare_units(near_units, hardware.chip, distance);
    consider(program, std::move(near_units), distance);
    for (const TileOrder& order : tile_orders(distance.plan(), hardware.chip.tiles)) {
      Traffic traffic = as_it_is;
      renumber_tiles(traffic, order);
      choose_nearby_units(traffic, hardware.chip, distance, 2);
      consider(program, std::move(traffic), distance);
    }
  }
  AIMC_CHECK(best.has_value(), "no layout of no program");
  Program program = *best->program;
  if (spec.annealing_moves > 0)
    anneal(best->traffic, HopDistance(hardware, program.chips), spec.annealing_moves, spec.seed);
  best->traffic.apply(program);
  return program;
}

void use_nearby_of_spare_units(Program& program) {
  Traffic traffic(program);
  choose_nearby_of_spare_units(traffic, program.hardware.chip, HopDistance(program.hardware, program.chips));
  traffic.apply(program);
}

}  // namespace aimc::sim
