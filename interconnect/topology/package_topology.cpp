#include "interconnect/topology/package_topology.h"

#include <fmt/format.h>

#include "base/check/check.h"

namespace aimc::interconnect {
namespace {

constexpr const char* direction_names[] = {"east", "west", "south", "north"};

}  // namespace

LinkId PackageTopology::link(const LinkPlace& place) const {
  const LinkId chip = place.chip * stride_;
  const auto side = static_cast<LinkId>(place.direction);
  const LinkId gateways = chip + stride_ - 12;
  switch (place.kind) {
    case LinkKind::hop:
      return chip + place.node * 6 + side;
    case LinkKind::injection:
      return chip + place.node * 6 + 4;
    case LinkKind::ejection:
      return chip + place.node * 6 + 5;
    case LinkKind::gateway_in:
      return gateways + side;
    case LinkKind::gateway_out:
      return gateways + 4 + side;
    case LinkKind::chip_link:
      return gateways + 8 + side;
  }
  return 0;
}

LinkPlace PackageTopology::place(LinkId link) const {
  AIMC_CHECK(link < link_count(), "link {} of {}", link, link_count());
  LinkPlace place;
  place.chip = link / stride_;
  const LinkId inside = link % stride_, gateways = stride_ - 12;
  if (inside < gateways) {
    place.node = inside / 6;
    const LinkId port = inside % 6;
    place.kind = port < 4 ? LinkKind::hop : port == 4 ? LinkKind::injection : LinkKind::ejection;
    if (port < 4) place.direction = static_cast<Direction>(port);
    return place;
  }
  const LinkId side = inside - gateways;
  place.direction = static_cast<Direction>(side % 4);
  place.kind = side < 4 ? LinkKind::gateway_in : side < 8 ? LinkKind::gateway_out : LinkKind::chip_link;
  if (place.kind != LinkKind::chip_link) place.node = chip_.gateway(place.direction);
  return place;
}

std::uint32_t PackageTopology::hops(NetworkPlace from, NetworkPlace to) const {
  if (from.chip == to.chip) return chip_.hops(from.node, to.node);
  std::uint32_t count = 0;
  walk(from, to, [&](const LinkPlace& place) {
    count += place.kind == LinkKind::hop || place.kind == LinkKind::chip_link ? 1 : 0;
  });
  return count;
}

std::string name(const LinkPlace& place) {
  const char* direction = direction_names[static_cast<std::size_t>(place.direction)];
  switch (place.kind) {
    case LinkKind::hop:
      return fmt::format("chip {} node {} {}", place.chip, place.node, direction);
    case LinkKind::injection:
      return fmt::format("chip {} node {} injection", place.chip, place.node);
    case LinkKind::ejection:
      return fmt::format("chip {} node {} ejection", place.chip, place.node);
    case LinkKind::gateway_in:
      return fmt::format("chip {} gateway from its {}", place.chip, direction);
    case LinkKind::gateway_out:
      return fmt::format("chip {} gateway to its {}", place.chip, direction);
    case LinkKind::chip_link:
      return fmt::format("chip {} to its {}", place.chip, direction);
  }
  return "";
}

}  // namespace aimc::interconnect
