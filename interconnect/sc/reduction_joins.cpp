#include "interconnect/sc/reduction_joins.h"

#include <algorithm>
#include <utility>

#include "base/check/check.h"

namespace aimc::interconnect {

ReductionJoins::Vector& ReductionJoins::vector_of(ReductionId reduction, std::uint64_t cookie) {
  if (reduction >= vectors_.size()) vectors_.resize(reduction + 1);
  std::vector<Vector>& under_way = vectors_[reduction];
  const auto found = std::ranges::find(under_way, cookie, &Vector::cookie);
  if (found != under_way.end()) return *found;
  ++under_way_;
  Vector& vector = under_way.emplace_back();
  vector.cookie = cookie;
  if (!spare_.empty()) {
    vector.points = std::move(spare_.back());
    spare_.pop_back();
  }
  return vector;
}

ReductionJoins::Joined ReductionJoins::arrive(ReductionId reduction, std::uint64_t cookie, const ReductionView& view,
                                              std::uint32_t edge, Flow flow, std::uint32_t contributor) {
  std::vector<Point>& points = vector_of(reduction, cookie).points;
  auto point = std::ranges::find(points, edge, &Point::edge);
  if (point == points.end()) {
    points.push_back({edge, view.inputs[edge], contributor, flow});
    point = points.end() - 1;
  }
  AIMC_CHECK(point->missing > 0, "more packets than expected meet at edge {} of reduction {}", edge, reduction);
  if (flow.tail() >= point->flow.tail()) {
    point->flow.head = flow.head;
    point->last = contributor;
  }
  point->flow.feed = std::max(point->flow.feed, flow.feed);
  return {--point->missing == 0, point->flow, point->last};
}

void ReductionJoins::finish(ReductionId reduction, std::uint64_t cookie) {
  if (reduction >= vectors_.size()) return;
  std::vector<Vector>& under_way = vectors_[reduction];
  const auto found = std::ranges::find(under_way, cookie, &Vector::cookie);
  if (found == under_way.end()) return;
  found->points.clear();
  spare_.push_back(std::move(found->points));
  std::swap(*found, under_way.back());
  under_way.pop_back();
  --under_way_;
}

}  // namespace aimc::interconnect
