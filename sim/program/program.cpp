#include "sim/program/program.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {

const LinearPlacement& Program::placement(NodeId linear) const {
  if (embedding && embedding->linear == linear) return *embedding;
  const auto found = std::ranges::lower_bound(linears, linear, {}, &LinearPlacement::linear);
  AIMC_CHECK(found != linears.end() && found->linear == linear, "node {} is not a placed linear", linear);
  return *found;
}

Index Program::driven_rows(const Shard& shard) const {
  return embedding && embedding->linear == shard.linear ? 1 : shard.rows;
}

bool Program::physical() const {
  return std::ranges::none_of(
      linears, [](const LinearPlacement& placement) { return placement.unit == LinearUnit::floating_point; });
}

std::string_view name(LinearUnit unit) {
  switch (unit) {
    case LinearUnit::floating_point:
      return "floating_point";
    case LinearUnit::digital:
      return "digital";
    case LinearUnit::analog:
      return "analog";
  }
  AIMC_CHECK(false, "no such linear unit: {}", static_cast<int>(unit));
  return {};
}

std::string_view name(StepKind kind) {
  switch (kind) {
    case StepKind::vector_operation:
      return "vector_operation";
    case StepKind::mvm:
      return "mvm";
    case StepKind::accumulate:
      return "accumulate";
    case StepKind::digital_matmul:
      return "digital_matmul";
    case StepKind::attention:
      return "attention";
  }
  AIMC_CHECK(false, "no such step kind: {}", static_cast<int>(kind));
  return {};
}

}  // namespace aimc::sim
