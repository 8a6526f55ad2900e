#pragma once
#include <cstdint>
#include <vector>

#include "sim/mapping/hop_distance.h"

namespace aimc::sim {

using ObjectId = std::uint32_t;

/// What a Program sends over the network for one sampled token, seen as things that can be moved on a chip: the
/// contents of a tile (all its arrays), and the operators that share a digital or attention unit's steps. Their units
/// are what a layout changes; what they send each other is not.
class Traffic {
 public:
  struct Link {
    ObjectId to = 0;
    std::int64_t bits = 0;  ///< of one token, both directions together
  };
  struct Object {
    UnitAddress unit;
    std::vector<Link> links;  ///< to other objects, each once
  };

  /// Every tile of the used chips is an object, the empty ones too: tile i of chip c is object c * tiles + i.
  explicit Traffic(const Program& program);

  [[nodiscard]] std::size_t tiles() const { return tiles_; }
  [[nodiscard]] std::size_t size() const { return objects_.size(); }
  [[nodiscard]] const Object& object(ObjectId id) const { return objects_[id]; }
  void move(ObjectId id, const UnitAddress& unit) { objects_[id].unit = unit; }

  /// Sum of bits x hops over everything that travels.
  [[nodiscard]] std::int64_t weighted_hops(const HopDistance& distance) const;

  /// Gives shards and steps of the program (the one the traffic was made of) the units of their objects.
  void apply(Program& program) const;

 private:
  std::vector<ObjectId> object_of_;  ///< [steps]
  std::vector<Object> objects_;
  std::size_t tiles_ = 0;
  std::vector<ObjectId> shard_object_;  ///< [shards]
};

/// Sum of bits x hops of what one sampled token sends in a program as it is.
[[nodiscard]] std::int64_t weighted_hops(const Program& program);

}  // namespace aimc::sim
