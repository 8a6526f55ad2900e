#include "sim/adapt/stored_ranges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "base/check/error.h"

namespace aimc::adapt {
namespace {

/// The ranges of one linear, [row tiles] or [1]; nothing, and a complaint, where they do not fit.
std::optional<Matrix> ranges_of(const std::string& linear, std::size_t row_tiles,
                                const workloads::WeightSource& weights, std::vector<std::string>& complaints) {
  const std::string name = linear + ".input_range";
  const auto shape = weights.shape(name);
  if (!shape) {
    complaints.push_back(name + " is missing");
    return std::nullopt;
  }
  const Index count = std::accumulate(shape->begin(), shape->end(), Index{1}, std::multiplies<>());
  const bool one_row = shape->size() < 2 || (shape->size() == 2 && shape->front() == 1);
  if (!one_row || (count != 1 && count != static_cast<Index>(row_tiles))) {
    complaints.push_back(fmt::format("{} has shape {}, not [row tiles]: this hardware cuts the linear into {}", name,
                                     *shape, row_tiles));
    return std::nullopt;
  }
  Matrix values = weights.read(name, 1, count);
  if ((values.array() > 0).all()) return values;
  complaints.push_back(name + " holds a range that is not above zero");
  return std::nullopt;
}

}  // namespace

LinearPlan with_stored_ranges(LinearPlan plan, const workloads::WeightSource& weights) {
  const at::NoGradGuard no_gradients;
  std::vector<std::string> complaints;
  for (RangeGroup& group : plan.groups) {
    group.forwards_seen = std::numeric_limits<std::int64_t>::max();
    group.range.zero_();
    for (const std::string& linear : group.linears)
      if (const auto stored = ranges_of(linear, group.tiles.size(), weights, complaints)) {
        const at::ArrayRef<float> values(stored->data(), static_cast<std::size_t>(stored->size()));
        group.range.copy_(at::maximum(group.range, at::tensor(values).to(group.range.device())));
      }
  }
  if (!complaints.empty())
    throw InputError(
        fmt::format("ranges.initial is checkpoint, but the ranges of model.path do not fit; choose least_error to find "
                    "them anew:\n  {}",
                    fmt::join(complaints, "\n  ")));
  return plan;
}

}  // namespace aimc::adapt
