#include "sim/adapt/stored_ranges.h"

#include <fmt/format.h>

#include <limits>

#include "base/check/error.h"
#include "base/check/first_few.h"
#include "workloads/model/input_ranges.h"

namespace aimc::adapt {

LinearPlan with_stored_ranges(LinearPlan plan, const workloads::WeightSource& weights) {
  const at::NoGradGuard no_gradients;
  std::vector<std::string> complaints;
  for (RangeGroup& group : plan.groups) {
    group.forwards_seen = std::numeric_limits<std::int64_t>::max();
    group.range.zero_();
    const auto row_tiles = static_cast<Index>(group.tiles.size());
    for (const std::string& linear : group.linears)
      if (const auto stored = workloads::read_input_ranges(weights, linear, row_tiles, complaints)) {
        const at::ArrayRef<float> values(stored->data(), static_cast<std::size_t>(stored->size()));
        group.range.copy_(at::maximum(group.range, at::tensor(values).to(group.range.device())));
      }
  }
  if (!complaints.empty())
    throw InputError(
        fmt::format("ranges.initial is checkpoint, but the ranges of model.path do not fit; choose least_error to find "
                    "them anew:\n  {}",
                    first_few(complaints)));
  return plan;
}

}  // namespace aimc::adapt
