#pragma once
#include <cstdint>
#include <vector>

#include "base/units/quantity.h"
#include "interconnect/sc/packet.h"

namespace aimc::interconnect {

/// Who has come to the meeting points of the reductions under way. One reduction may have several vectors in flight,
/// told apart by their cookies.
class ReductionJoins {
 public:
  /// What goes on from a meeting point: the front of the last packet, and who brought it.
  struct Joined {
    bool complete = false;
    Flow flow;
    std::uint32_t last = 0;
  };
  /// A packet's front reaches the beginning of an edge where `inputs` packets meet.
  Joined arrive(ReductionId reduction, std::uint64_t cookie, const ReductionView& view, std::uint32_t edge, Flow flow,
                std::uint32_t contributor);
  /// Forgets a vector that has been delivered.
  void finish(ReductionId reduction, std::uint64_t cookie);
  [[nodiscard]] std::size_t under_way() const { return under_way_; }

 private:
  struct Point {
    std::uint32_t edge = 0, missing = 0, last = 0;
    Flow flow;
  };
  struct Vector {
    std::uint64_t cookie = 0;
    std::vector<Point> points;  // joins that somebody has reached
  };
  Vector& vector_of(ReductionId reduction, std::uint64_t cookie);

  std::vector<std::vector<Vector>> vectors_;  // [reduction]: under way
  std::vector<std::vector<Point>> spare_;
  std::size_t under_way_ = 0;
};

}  // namespace aimc::interconnect
