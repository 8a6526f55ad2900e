#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "interconnect/topology/route_table.h"
#include "sim/program/program.h"
#include "sim/timing/mvm_repeats.h"

namespace aimc::sim {

using UnitIndex = std::uint32_t;    ///< index into Playbook::units
using ParcelIndex = std::uint32_t;  ///< index into Playbook::parcels

/// A unit that at least one step runs on.
struct UsedUnit {
  UnitAddress address;
  interconnect::NetworkPlace place;
};

/// How a parcel leaves its unit. local: to steps of the same unit, costs nothing. route: as a packet. shared: in the
/// packet of an earlier parcel of the step (multicast). reduction: as one of the packets that meet in the network.
enum class Carriage : std::uint8_t { local, route, shared, reduction };

/// The output of a step on its way to one unit. Several steps of a unit that read the same data share one parcel.
/// Arrays of several tiles that read the same codes get parcels that follow one another and, where the network can
/// multicast, travel in one packet: destination i of the route belongs to the i-th of them.
struct Parcel {
  StepId from = 0;
  std::uint32_t variant = 0;  ///< copy that sends it
  UnitIndex to = 0;
  Carriage carriage = Carriage::local;
  bool sampled_only = false;  ///< all its users run for sampled tokens only
  std::uint32_t way = 0;      ///< route: RouteId; reduction: ReductionId
  std::uint32_t number = 0;  ///< shared: destination of the route; reduction: contributor; route: parcels in the packet
  std::int64_t bits = 0;
  std::uint32_t users_begin = 0, users_end = 0;  ///< into Playbook::users
};

/// What the player needs of a step while time runs.
struct PlayStep {
  StepKind kind = StepKind::vector_operation;
  bool sampled_only = false;
  StepOrder order = StepOrder::free;
  bool leaves = false;            ///< some parcel is not local
  bool meets_in_network = false;  ///< accumulate: its inputs arrive as one packet, their sum
  std::uint16_t needed = 0;       ///< parcels that must arrive
  UnitIndex unit = 0;             ///< of copy 0, see Playbook::unit_of
  NodeId node = 0;
  std::uint32_t gate = 0;                            ///< into Playbook::gates, unless its order is free
  std::uint32_t channel = 0;                         ///< memory channel of its traffic
  std::uint32_t parcels_begin = 0, parcels_end = 0;  ///< into Playbook::parcels, of variant 0
  std::uint32_t replicas = 1, first_copy = 0;        ///< copies of its linear; into Playbook::copy_units
  std::uint32_t variants = 1, first_variant = 0;     ///< see Playbook::outgoing
  std::uint32_t detail = 0;  ///< mvm, accumulate: into Playbook::*_timings; attention: its number among attentions
};

/// An accumulate step in its tile.
struct AccumulateTiming {
  Time add;   ///< one partial sum
  Time send;  ///< the result into the network
};

/// A Program in flat arrays: who runs on what, who sends what to whom. steps[i] is step i of the Program.
struct Playbook {
  explicit Playbook(interconnect::RouteTable table) : routes(std::move(table)) {}

  interconnect::RouteTable routes;
  std::vector<std::vector<ParcelIndex>> reductions;  ///< [ReductionId][contributor]
  std::vector<PlayStep> steps;
  std::vector<Parcel> parcels;
  std::vector<StepId> users;
  std::vector<UsedUnit> units;
  /// [PlayStep::detail][phase], one for each size of shard and, where MVMs are repeated, linear.
  std::vector<std::array<tiles::MvmTiming, 2>> mvm_timings;
  std::vector<AccumulateTiming> accumulate_timings;  ///< one for each number of columns
  std::uint32_t attention_steps = 0;
  std::vector<StepId> roots;  ///< steps without inputs, where a token begins
  std::vector<StepId> gates;  ///< steps that wait for other tokens
  StepId sample = 0;          ///< the step that ends a token
  std::uint32_t memory_channels = 0;

  std::vector<UnitIndex> copy_units;         ///< [PlayStep::first_copy + copy]
  std::vector<ParcelIndex> variant_parcels;  ///< [PlayStep::first_variant + variant]: where its parcels begin

  [[nodiscard]] const tiles::MvmTiming& mvm_timing(const PlayStep& mvm, Phase phase) const {
    return mvm_timings[mvm.detail][static_cast<std::size_t>(phase)];
  }
  /// Where a pass runs a step: passes take turns at the copies of a linear (Pass::copy).
  [[nodiscard]] UnitIndex unit_of(const PlayStep& step, std::uint32_t copy) const {
    return step.replicas == 1 ? step.unit : copy_units[step.first_copy + copy % step.replicas];
  }
  /// The parcels [first, second) that a pass sends after a step. They depend on the copies that work for it, of the
  /// step's own linear and of those that use its output: PlayStep::variants, the least common multiple of their
  /// numbers.
  [[nodiscard]] std::pair<ParcelIndex, ParcelIndex> outgoing(const PlayStep& step, std::uint32_t copy) const {
    if (step.variants == 1) return {step.parcels_begin, step.parcels_end};
    const ParcelIndex* begin = variant_parcels.data() + step.first_variant + copy % step.variants;
    return {begin[0], begin[1]};
  }
  [[nodiscard]] std::span<const StepId> users_of(const Parcel& parcel) const {
    return {users.data() + parcel.users_begin, users.data() + parcel.users_end};
  }
};

/// Throws ConfigError when a step has more inputs than can be counted (more than 65,534).
Playbook make_playbook(const Program& program, const MvmRepeats& repeats = {});

/// Result elements of a step (Step::elements has the same meaning for every kind).
[[nodiscard]] std::int64_t outputs_of(const Step& step);

}  // namespace aimc::sim
