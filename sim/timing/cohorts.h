#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/timing/passes.h"

namespace aimc::sim {

/// Passes that do their digital products together, so that the weights stream from memory once for all: the job starts
/// when the last of them has come.
class Cohorts {
 public:
  /// `sampled`: how many of the passes run the steps of sampled tokens.
  std::uint32_t add(std::int64_t passes, std::int64_t sampled);
  /// A pass has come to a product. Returns all that wait there once it is the last one, else nothing.
  [[nodiscard]] std::vector<PassId> join(std::uint32_t cohort, StepId step, bool sampled_only, PassId pass);

 private:
  struct Size {
    std::int64_t passes, sampled;
  };
  std::vector<Size> sizes_;
  std::map<std::pair<std::uint32_t, StepId>, std::vector<PassId>> waiting_;
};

}  // namespace aimc::sim
