#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "sim/timing/path_times.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// What one decode token took.
struct DecodeSample {
  PathTimes path;                      ///< its time is path.stages.total()
  std::vector<UnitActivity> activity;  ///< busy and wakes of this token alone
};

/// What all decode tokens took.
struct DecodeTotals {
  std::vector<Time> times;  ///< [tokens]
  PathTimes path;
  std::vector<UnitActivity> activity;
};

/// What one of `tokens` tokens took on average, in whole picoseconds; a time is no longer than its share.
[[nodiscard]] DecodeSample mean_of(const DecodeSample& sum, std::int64_t tokens);

/// Every quantity of the tokens between two neighbouring samples on the straight line between them, to whole
/// picoseconds. Busy times keep below their tokens' times where those of the samples do; stages and resources still sum
/// to the time. `samples` by token, at least one. Tokens before
/// `first` are left out.
[[nodiscard]] DecodeTotals interpolate(const std::map<std::int64_t, DecodeSample>& samples, std::int64_t first = 0);

/// Adds busy times and wakes, row by row; `times` may be -1.
void add_activity(std::vector<UnitActivity>& rows, const std::vector<UnitActivity>& other, int times = 1);

}  // namespace aimc::sim
