#include "interconnect/topology/route_table.h"

#include <algorithm>
#include <numeric>

#include "base/check/check.h"

namespace aimc::interconnect {
namespace {

EdgeKind edge_kind(LinkKind kind) {
  switch (kind) {
    case LinkKind::injection:
    case LinkKind::gateway_in:
      return EdgeKind::entry;
    case LinkKind::ejection:
    case LinkKind::gateway_out:
      return EdgeKind::exit;
    case LinkKind::hop:
      return EdgeKind::hop;
    case LinkKind::chip_link:
      break;
  }
  return EdgeKind::chip_link;
}

/// A constant network takes its time once a chip: on the way out of it.
bool ends_a_crossing(LinkKind kind) { return kind == LinkKind::ejection || kind == LinkKind::gateway_out; }

/// Follows one way: whether it has come to the end of the circle it travels on.
class Dateline {
 public:
  explicit Dateline(const ChipTopology& chip)
      : chip_(chip), circles_(chip.kind() == Topology::torus || chip.kind() == Topology::ring) {}
  bool crossed(const LinkPlace& place) {
    if (!circles_ || place.kind != LinkKind::hop) return crossed_ = false;
    // In a torus a turn leads to another circle; a ring keeps its direction.
    if (place.direction != direction_) crossed_ = false;
    direction_ = place.direction;
    return crossed_ = crossed_ || chip_.wraps(place.node, place.direction);
  }

 private:
  const ChipTopology& chip_;
  bool circles_, crossed_ = false;
  Direction direction_ = Direction::east;
};

}  // namespace

template <class Visitor>
void RouteTable::for_each_edge(NetworkPlace from, NetworkPlace to, Visitor&& visit) const {
  const bool constant = topology_.chip().kind() == Topology::constant;
  topology_.walk(from, to, [&](const LinkPlace& place) {
    if (!constant || place.kind == LinkKind::chip_link) return visit(place, edge_kind(place.kind));
    if (ends_a_crossing(place.kind)) visit(place, EdgeKind::constant);
  });
}

void RouteTable::charge(Route& route, const LinkPlace& place, EdgeKind kind) {
  if (kind == EdgeKind::entry || kind == EdgeKind::exit) return;
  const auto begin = charges_.begin() + static_cast<std::ptrdiff_t>(route.charges);
  auto entry = std::ranges::find(begin, charges_.end(), place.chip, &RouteCharge::chip);
  if (entry == charges_.end()) {
    charges_.push_back({place.chip, 0, 0});
    ++route.charge_count;
    entry = charges_.end() - 1;
  }
  ++(kind == EdgeKind::chip_link ? entry->chip_links : entry->hops);
}

RouteId RouteTable::add_route(NetworkPlace from, std::span<const NetworkPlace> to) {
  AIMC_CHECK(!to.empty(), "a route to nowhere");
  Route route;
  route.edges = edges_.size();
  route.ends = ends_.size();
  route.charges = charges_.size();
  route.end_count = static_cast<std::uint32_t>(to.size());
  ++stamp_;
  for (const NetworkPlace& target : to) {
    std::uint32_t previous = no_edge;
    Dateline dateline(topology_.chip());
    for_each_edge(from, target, [&](const LinkPlace& place, EdgeKind kind) {
      const bool upper = dateline.crossed(place);
      const LinkId link = topology_.link(place);
      if (stamps_[link] != stamp_) {
        stamps_[link] = stamp_;
        edge_of_[link] = route.edge_count++;
        edges_.emplace_back(link, previous, kind, upper);
        route.leaves_chip = route.leaves_chip || kind == EdgeKind::chip_link;
        charge(route, place, kind);
      }
      previous = edge_of_[link];
    });
    ends_.push_back(previous);
  }
  if (route.leaves_chip && route.end_count > 1) group_by_crossing(route);
  routes_.push_back(route);
  return static_cast<RouteId>(routes_.size() - 1);
}

/// Moves the edges of a tree so that those of one crossing follow each other, in the order they had.
void RouteTable::group_by_crossing(const Route& route) {
  const std::span<RouteEdge> edges(edges_.data() + route.edges, route.edge_count);
  std::vector<std::uint32_t> crossing(edges.size()), order(edges.size()), moved_to(edges.size());
  std::uint32_t crossings = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    crossing[i] = begins_crossing(edges, i) ? crossings++ : crossing[edges[i].other];
  }
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t edge) { return crossing[edge]; });
  for (std::uint32_t i = 0; i < order.size(); ++i) moved_to[order[i]] = i;
  std::vector<RouteEdge> sorted;
  sorted.reserve(edges.size());
  for (const std::uint32_t from : order) {
    RouteEdge edge = edges[from];
    if (edge.other != no_edge) edge.other = moved_to[edge.other] & no_edge;
    sorted.push_back(edge);
  }
  std::ranges::copy(sorted, edges.begin());
  for (std::uint32_t i = 0; i < route.end_count; ++i) ends_[route.ends + i] = moved_to[ends_[route.ends + i]];
}

void RouteTable::add_contributor(Reduction& reduction, NetworkPlace from, NetworkPlace to) {
  std::uint32_t previous = no_edge;
  bool joined = false;
  for_each_edge(from, to, [&](const LinkPlace& place, EdgeKind kind) {
    if (joined) return;
    const LinkId link = topology_.link(place);
    // Every contributor enters by itself: two of one node share the port, one after the other.
    const bool known = stamps_[link] == stamp_ && previous != no_edge;
    if (!known) {
      stamps_[link] = stamp_;
      edge_of_[link] = reduction.edge_count++;
      reduction_edges_.emplace_back(link, no_edge, kind);
      inputs_.push_back(previous == no_edge ? 1 : 0);
      reduction.leaves_chip = reduction.leaves_chip || kind == EdgeKind::chip_link;
    }
    const std::uint32_t edge = edge_of_[link];
    if (previous == no_edge) {
      begins_.push_back(edge);
    } else {
      reduction_edges_[reduction.edges + previous].other = edge;
      std::uint16_t& inputs = inputs_[reduction.edges + edge];
      AIMC_CHECK(inputs < 65535, "more than 65535 packets meet at a router");
      if (++inputs == 2) ++reduction.joins;
    }
    previous = edge;
    joined = known;
  });
}

ReductionId RouteTable::add_reduction(std::span<const NetworkPlace> from, NetworkPlace to) {
  AIMC_CHECK(!from.empty(), "a reduction of nothing");
  Reduction reduction;
  reduction.edges = reduction_edges_.size();
  reduction.begins = begins_.size();
  reduction.begin_count = static_cast<std::uint32_t>(from.size());
  ++stamp_;
  for (const NetworkPlace& place : from) add_contributor(reduction, place, to);
  reductions_.push_back(reduction);
  return static_cast<ReductionId>(reductions_.size() - 1);
}

}  // namespace aimc::interconnect
