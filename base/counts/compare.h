#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/counts/counts.h"

namespace aimc {

/// One action that two executors counted differently for one operator and phase (chips summed).
struct CountDifference {
  Action action{};
  std::uint32_t operator_id = 0;
  Phase phase{};
  std::int64_t functional = 0;
  std::int64_t timing = 0;
  bool operator==(const CountDifference&) const = default;
};

/// The actions that the functional and the timing executor both count, each with its own code: what they must agree on.
[[nodiscard]] std::span<const Action> actions_of_both_executors();

/// Where the two ledgers differ in the actions both executors count, by (action, operator, phase); empty when they
/// agree. Chips are summed, because numbers have no place.
[[nodiscard]] std::vector<CountDifference> compare_counts(const Counts& functional, const Counts& timing);

}  // namespace aimc
