#include "sim/mapping/nearby_units.h"

#include <map>
#include <utility>

namespace aimc::sim {
namespace {

/// How many operators each unit of a chip has.
struct Deal {
  std::vector<std::int64_t> operators;  ///< [units]
  std::int64_t most = 0;                ///< of an even deal
  bool spare = false;                   ///< fewer operators than units
};

std::int64_t cost_at(const Traffic& traffic, const Traffic::Object& object, const UnitAddress& unit,
                     const HopDistance& distance) {
  const auto place = distance.place_of(unit);
  std::int64_t sum = 0;
  for (const Traffic::Link& link : object.links)
    sum += link.bits * distance.hops(place, distance.place_of(traffic.object(link.to).unit));
  return sum;
}

UnitAddress nearest(const Traffic& traffic, const Traffic::Object& object, const Deal& deal,
                    const HopDistance& distance) {
  UnitAddress best = object.unit;
  std::int64_t least = cost_at(traffic, object, best, distance);
  UnitAddress unit = object.unit;
  for (unit.index = 0; unit.index < deal.operators.size(); ++unit.index) {
    if (deal.operators[unit.index] >= deal.most) continue;
    const std::int64_t cost = cost_at(traffic, object, unit, distance);
    if (cost >= least) continue;
    least = cost;
    best = unit;
  }
  return best;
}

using Deals = std::map<std::pair<std::uint32_t, Component>, Deal>;

Deals deals_of(const Traffic& traffic, const ChipSpec& chip) {
  Deals deals;
  for (std::size_t id = traffic.tiles(); id < traffic.size(); ++id) {
    const UnitAddress& unit = traffic.object(static_cast<ObjectId>(id)).unit;
    Deal& deal = deals[{unit.chip, unit.component}];
    deal.operators.resize(static_cast<std::size_t>(units_on_chip(chip, unit.component)));
    ++deal.operators[unit.index];
    ++deal.most;
  }
  for (auto& [place, deal] : deals) {
    const std::int64_t units = std::ssize(deal.operators);
    deal.spare = deal.most < units;
    deal.most = (deal.most + units - 1) / units;
  }
  return deals;
}

void choose(Traffic& traffic, Deals& deals, const HopDistance& distance, int sweeps) {
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t id = traffic.tiles(); id < traffic.size(); ++id) {
      const Traffic::Object& object = traffic.object(static_cast<ObjectId>(id));
      const auto found = deals.find({object.unit.chip, object.unit.component});
      if (found == deals.end()) continue;
      Deal& deal = found->second;
      --deal.operators[object.unit.index];
      traffic.move(static_cast<ObjectId>(id), nearest(traffic, object, deal, distance));
      ++deal.operators[object.unit.index];
    }
  }
}

}  // namespace

void choose_nearby_units(Traffic& traffic, const ChipSpec& chip, const HopDistance& distance, int sweeps) {
  Deals deals = deals_of(traffic, chip);
  choose(traffic, deals, distance, sweeps);
}

void choose_nearby_of_spare_units(Traffic& traffic, const ChipSpec& chip, const HopDistance& distance) {
  Deals deals = deals_of(traffic, chip);
  std::erase_if(deals, [](const auto& entry) { return !entry.second.spare; });
  choose(traffic, deals, distance, 2);
}

}  // namespace aimc::sim
