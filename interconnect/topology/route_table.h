#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "interconnect/topology/package_topology.h"

namespace aimc::interconnect {

using RouteId = std::uint32_t;
using ReductionId = std::uint32_t;

/// What passing an edge means for a packet: ports into the network (entry) and out of it (exit) take its serialisation;
/// a hop also the router's cycles; a chip link its own bandwidth and latency; constant: the fixed time of a network
/// without ways.
enum class EdgeKind : std::uint8_t { entry, exit, hop, chip_link, constant };

/// Whether an edge ends in the input buffer of a router.
[[nodiscard]] constexpr bool ends_in_router(EdgeKind kind) { return kind == EdgeKind::entry || kind == EdgeKind::hop; }

constexpr std::uint32_t no_edge = 0x0fffffff;

/// One link of a route. `other` is an index into the route's own edges: in a route the edge before (no_edge at the
/// source), in a reduction the edge after (no_edge at the target). upper: on a circle (torus, ring) from the link that
/// closes it on, where packets use the other half of the virtual channels, so that they never wait for each other in a
/// circle (dateline; Dally and Seitz, IEEE Trans. Computers 1987).
struct RouteEdge {
  RouteEdge(LinkId link, std::uint32_t other, EdgeKind kind, bool upper = false)
      : link(link), other(other & no_edge), kind(kind), upper(upper) {}
  LinkId link;
  std::uint32_t other : 28;
  EdgeKind kind : 3;
  bool upper : 1;
};

/// Links that a packet on a route passes on one chip, for the counts.
struct RouteCharge {
  std::uint32_t chip = 0;
  std::uint32_t hops = 0;        ///< between nodes
  std::uint32_t chip_links = 0;  ///< leaving the chip
};

/// Whether the way over another chip, or a chip link, begins with an edge of a route. The edges of one chip that are
/// joined follow each other without a gap.
[[nodiscard]] inline bool begins_crossing(std::span<const RouteEdge> edges, std::size_t edge) {
  const RouteEdge& own = edges[edge];
  return own.other == no_edge || own.kind == EdgeKind::chip_link || edges[own.other].kind == EdgeKind::chip_link;
}

/// A packet's way to one or several destinations: a tree of edges, every edge after the one before it, one crossing of
/// a chip after the other.
struct RouteView {
  std::span<const RouteEdge> edges;
  std::span<const std::uint32_t> ends;  ///< [destination] edge whose end the destination is
  std::span<const RouteCharge> charges;
  bool leaves_chip = false;
};

/// The ways of several packets to one destination, where they arrive as one: packets that meet at a router go on as
/// one.
struct ReductionView {
  std::span<const RouteEdge> edges;
  std::span<const std::uint32_t> begins;  ///< [contributor] its first edge
  std::span<const std::uint16_t> inputs;  ///< [edge] packets that meet before it; 1: nothing to add
  std::uint32_t joins = 0;                ///< edges with more than one input
  bool leaves_chip = false;
};

/// Routes of a package, built once and travelled many times.
class RouteTable {
 public:
  RouteTable(Topology topology, Grid grid, std::uint32_t chips)
      : topology_(topology, grid, chips), stamps_(topology_.link_count()), edge_of_(topology_.link_count()) {}

  /// A way from one place to at least one other; to several, the tree of the ways to each, over each link once.
  RouteId add_route(NetworkPlace from, std::span<const NetworkPlace> to);
  RouteId add_route(NetworkPlace from, NetworkPlace to) { return add_route(from, std::span(&to, 1)); }
  /// The ways from several places to one, as a tree whose branches meet. Fewer than 65,536 packets meet at one router.
  ReductionId add_reduction(std::span<const NetworkPlace> from, NetworkPlace to);

  [[nodiscard]] const PackageTopology& topology() const { return topology_; }
  [[nodiscard]] std::size_t routes() const { return routes_.size(); }
  [[nodiscard]] std::size_t reductions() const { return reductions_.size(); }
  [[nodiscard]] RouteView route(RouteId id) const {
    const Route& route = routes_[id];
    return {{edges_.data() + route.edges, route.edge_count},
            {ends_.data() + route.ends, route.end_count},
            {charges_.data() + route.charges, route.charge_count},
            route.leaves_chip};
  }
  [[nodiscard]] ReductionView reduction(ReductionId id) const {
    const Reduction& r = reductions_[id];
    return {{reduction_edges_.data() + r.edges, r.edge_count},
            {begins_.data() + r.begins, r.begin_count},
            {inputs_.data() + r.edges, r.edge_count},
            r.joins,
            r.leaves_chip};
  }

 private:
  struct Route {
    std::uint64_t edges = 0, ends = 0, charges = 0;
    std::uint32_t edge_count = 0, end_count = 0, charge_count = 0;
    bool leaves_chip = false;
  };
  struct Reduction {
    std::uint64_t edges = 0, begins = 0;
    std::uint32_t edge_count = 0, begin_count = 0, joins = 0;
    bool leaves_chip = false;
  };
  /// Calls visit(place, kind) for all edges of a way that cost time.
  template <class Visitor>
  void for_each_edge(NetworkPlace from, NetworkPlace to, Visitor&& visit) const;
  void charge(Route& route, const LinkPlace& place, EdgeKind kind);
  void group_by_crossing(const Route& route);
  void add_contributor(Reduction& reduction, NetworkPlace from, NetworkPlace to);

  PackageTopology topology_;
  std::vector<RouteEdge> edges_, reduction_edges_;
  std::vector<std::uint32_t> ends_, begins_;
  std::vector<RouteCharge> charges_;
  std::vector<std::uint16_t> inputs_;  // beside reduction_edges_
  std::vector<Route> routes_;
  std::vector<Reduction> reductions_;
  // [link] number of the last tree that has it, and its edge there
  std::vector<std::uint32_t> stamps_, edge_of_;
  std::uint32_t stamp_ = 0;
};

}  // namespace aimc::interconnect
