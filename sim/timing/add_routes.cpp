#include "sim/timing/add_routes.h"

#include <map>
#include <utility>
#include <vector>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

interconnect::NetworkPlace place_of(const Playbook& book, UnitIndex unit) { return book.units[unit].place; }

/// Whether two parcels of a step carry the same codes to arrays of different tiles.
bool carry_the_same(const Program& program, const Playbook& book, const Parcel& a, const Parcel& b) {
  const Step& user_a = program.steps[book.users[a.users_begin]];
  const Step& user_b = program.steps[book.users[b.users_begin]];
  if (user_a.kind != StepKind::mvm || user_b.kind != StepKind::mvm) return false;
  return program.shards[user_a.shard].row_begin == program.shards[user_b.shard].row_begin && a.bits == b.bits &&
         a.sampled_only == b.sampled_only;
}

/// `variant`: copy of the step that sends.
void add_step_routes(const Program& program, const PlayStep& step, std::uint32_t variant, Playbook& book) {
  const bool multicast = program.hardware.network.multicast;
  const auto [begin, end] = book.outgoing(step, variant);
  std::vector<interconnect::NetworkPlace> to;
  for (ParcelIndex index = begin; index < end; ++index) {
    Parcel& first = book.parcels[index];
    if (first.carriage != Carriage::route) continue;
    to.assign(1, place_of(book, first.to));
    while (multicast && index + 1 < end) {
      Parcel& next = book.parcels[index + 1];
      if (next.carriage != Carriage::route || !carry_the_same(program, book, first, next)) break;
      next.carriage = Carriage::shared;
      next.number = static_cast<std::uint32_t>(to.size());
      to.push_back(place_of(book, next.to));
      ++index;
    }
    first.number = static_cast<std::uint32_t>(to.size());
    first.way = book.routes.add_route(place_of(book, book.unit_of(step, variant)), to);
    for (std::uint32_t i = 1; i < to.size(); ++i) (&first)[i].way = first.way;
  }
}

/// One reduction for each accumulate step whose inputs meet in the network, and each of its copies.
void add_reductions(Playbook& book) {
  std::map<std::pair<StepId, std::uint32_t>, std::vector<ParcelIndex>> contributions;
  for (ParcelIndex index = 0; index < book.parcels.size(); ++index) {
    const Parcel& parcel = book.parcels[index];
    if (parcel.carriage != Carriage::reduction) continue;
    contributions[{book.users[parcel.users_begin], parcel.variant}].push_back(index);
  }
  std::vector<interconnect::NetworkPlace> from;
  for (auto& [sum, parcels] : contributions) {
    from.clear();
    for (const ParcelIndex index : parcels) {
      const Parcel& parcel = book.parcels[index];
      from.push_back(place_of(book, book.unit_of(book.steps[parcel.from], parcel.variant)));
    }
    const UnitIndex to = book.parcels[parcels.front()].to;
    const interconnect::ReductionId way = book.routes.add_reduction(from, place_of(book, to));
    for (std::uint32_t i = 0; i < parcels.size(); ++i) {
      book.parcels[parcels[i]].way = way;
      book.parcels[parcels[i]].number = i;
    }
    AIMC_CHECK(way == book.reductions.size());
    book.reductions.push_back(std::move(parcels));
  }
}

}  // namespace

void add_routes(const Program& program, Playbook& book) {
  for (const PlayStep& step : book.steps) {
    for (std::uint32_t variant = 0; variant < step.variants; ++variant) add_step_routes(program, step, variant, book);
  }
  add_reductions(book);
}

}  // namespace aimc::sim
