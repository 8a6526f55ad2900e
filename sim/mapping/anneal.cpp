#include "sim/mapping/anneal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/random/stream.h"

namespace aimc::sim {
namespace {

constexpr double coldest = 1e-4;       // of the first temperature
constexpr std::int64_t probes = 200;   // moves that set the first temperature
constexpr std::uint64_t per_move = 4;  // random numbers: pool, two objects, acceptance

/// Objects of one kind on one chip, which can change places.
using Pool = std::vector<ObjectId>;

std::vector<Pool> find_pools(const Traffic& traffic) {
  std::map<std::pair<std::uint32_t, Component>, Pool> pools;
  for (std::size_t id = 0; id < traffic.size(); ++id) {
    const UnitAddress& unit = traffic.object(static_cast<ObjectId>(id)).unit;
    pools[{unit.chip, unit.component}].push_back(static_cast<ObjectId>(id));
  }
  std::vector<Pool> swappable;
  for (auto& [place, pool] : pools)
    if (pool.size() > 1) swappable.push_back(std::move(pool));
  return swappable;
}

class Annealer {
 public:
  Annealer(Traffic& traffic, const HopDistance& distance, std::uint64_t seed)
      : traffic_(traffic), distance_(distance), pools_(find_pools(traffic)), key_(RandomKey(seed).child("annealing")) {
    for (const Pool& pool : pools_) {
      objects_ += pool.size();
      ends_.push_back(objects_);
    }
    for (std::size_t id = 0; id < traffic.size(); ++id)
      places_.push_back(distance.place_of(traffic.object(static_cast<ObjectId>(id)).unit));
  }

  void run(std::int64_t moves) {
    if (pools_.empty() || moves == 0) return;
    const double first = mean_change();
    if (first == 0) return;
    for (std::int64_t move = 0; move < moves; ++move) {
      const double temperature = first * std::pow(coldest, static_cast<double>(move) / static_cast<double>(moves));
      const auto index = static_cast<std::uint64_t>(probes + move) * per_move;
      const auto [a, b] = choose(index);
      if (a == b) continue;
      const auto change = static_cast<double>(change_of_swap(a, b));
      if (change > 0 && uniform(key_, index + 3) >= std::exp(-change / temperature)) continue;
      swap(a, b);
    }
  }

 private:
  /// Two objects of one pool; pools are chosen by their size.
  [[nodiscard]] std::pair<ObjectId, ObjectId> choose(std::uint64_t index) const {
    const auto draw = [&](std::uint64_t offset, std::size_t count) {
      return std::min(count - 1, static_cast<std::size_t>(uniform(key_, index + offset) * static_cast<double>(count)));
    };
    const std::size_t at = draw(0, objects_);
    const Pool& pool = pools_[static_cast<std::size_t>(std::ranges::upper_bound(ends_, at) - ends_.begin())];
    return {pool[draw(1, pool.size())], pool[draw(2, pool.size())]};
  }

  [[nodiscard]] double mean_change() const {
    double sum = 0;
    for (std::int64_t probe = 0; probe < probes; ++probe) {
      const auto [a, b] = choose(static_cast<std::uint64_t>(probe) * per_move);
      if (a != b) sum += std::abs(static_cast<double>(change_of_swap(a, b)));
    }
    return sum / static_cast<double>(probes);
  }

  /// What `id` sends and receives, at another place; `other` comes to its own.
  [[nodiscard]] std::int64_t change_of_move(ObjectId id, ObjectId other) const {
    std::int64_t sum = 0;
    for (const Traffic::Link& link : traffic_.object(id).links) {
      if (link.to == other) continue;  // both ends move, their distance stays
      sum += link.bits *
             (distance_.hops(places_[other], places_[link.to]) - distance_.hops(places_[id], places_[link.to]));
    }
    return sum;
  }
  [[nodiscard]] std::int64_t change_of_swap(ObjectId a, ObjectId b) const {
    return change_of_move(a, b) + change_of_move(b, a);
  }
  void swap(ObjectId a, ObjectId b) {
    const UnitAddress unit = traffic_.object(a).unit;
    traffic_.move(a, traffic_.object(b).unit);
    traffic_.move(b, unit);
    std::swap(places_[a], places_[b]);
  }

  Traffic& traffic_;
  const HopDistance& distance_;
  std::vector<Pool> pools_;
  std::vector<std::size_t> ends_;  // [pools] running sum of sizes
  std::size_t objects_ = 0;
  std::vector<interconnect::NetworkPlace> places_;  // [objects]
  RandomKey key_;
};

}  // namespace

void anneal(Traffic& traffic, const HopDistance& distance, std::int64_t moves, std::uint64_t seed) {
  const Traffic start = traffic;
  Annealer(traffic, distance, seed).run(moves);
  if (traffic.weighted_hops(distance) > start.weighted_hops(distance)) traffic = start;
}

}  // namespace aimc::sim
