#include "sim/ledger/uncertainty.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace aimc::sim {

using config::Uncertainty;
using config::ValueKind;

Uncertainty of_kind(const UncertaintyByKind& table, ValueKind kind) {
  const auto text = [&]() -> const std::string& {
    switch (kind) {
      case ValueKind::published:
        return table.published;
      case ValueKind::derived:
        return table.derived;
      case ValueKind::assumed:
        return table.assumed;
      case ValueKind::user:
        return table.user;
      case ValueKind::unspecified:
        break;
    }
    return table.unspecified;
  };
  return config::parse_uncertainty(text()).value_or(Uncertainty{});
}

Uncertainty uncertainty_of(const UncertaintyByKind& table, const config::ProvenanceTable& constants,
                           const std::string& key) {
  const auto found = constants.find(key);
  if (found == constants.end()) return of_kind(table, ValueKind::unspecified);
  return found->second.uncertainty.value_or(of_kind(table, found->second.kind));
}

Uncertainty widest(Uncertainty a, Uncertainty b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

EnergyBand energy_band(const std::vector<Contribution>& contributions) {
  struct Group {
    DoubtfulPart part;
    Energy largest;
  };
  std::map<std::string, Group> groups;
  Energy total;
  for (const Contribution& each : contributions) {
    total += each.energy;
    Group& group = groups[each.group];
    const Energy down = each.energy * (1 - each.range.low), up = each.energy * (each.range.high - 1);
    group.part.group = each.group;
    group.part.energy += each.energy;
    group.part.down += down;
    group.part.up += up;
    if (group.part.constant.empty() || up + down > group.largest) {
      group.largest = up + down;
      group.part.constant = each.constant;
    }
  }
  EnergyBand band;
  double down_squared = 0, up_squared = 0;
  Energy down, up;
  for (const auto& [name, group] : groups) {
    down_squared += group.part.down.si() * group.part.down.si();
    up_squared += group.part.up.si() * group.part.up.si();
    down += group.part.down;
    up += group.part.up;
    band.parts.push_back(group.part);
  }
  band.low = total - Energy(std::sqrt(down_squared));
  band.high = total + Energy(std::sqrt(up_squared));
  band.correlated_low = total - down;
  band.correlated_high = total + up;
  std::stable_sort(band.parts.begin(), band.parts.end(),
                   [](const DoubtfulPart& a, const DoubtfulPart& b) { return a.up + a.down > b.up + b.down; });
  return band;
}

}  // namespace aimc::sim
