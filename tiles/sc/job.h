#pragma once
#include <cstdint>

#include "base/units/quantity.h"

namespace aimc::tiles {

/// Names a job; chosen by whoever gives it to a unit.
using JobId = std::uint64_t;

/// Jobs that wait for a unit are taken in the order given, or by rank: 0 before 1, within a rank in the order given.
enum class JobOrder : std::uint8_t { as_given, by_rank };
using JobRank = std::uint8_t;
inline constexpr std::size_t job_ranks = 2;

struct JobResult {
  JobId job = 0;
  Time begin;  ///< when the unit began to work on it
  Time end;    ///< now: the result exists
  Time drain;  ///< from now until the output buffer has sent it, never less than the job's own send time
};

/// Told when a unit has the result of a job.
class JobListener {
 public:
  virtual void job_done(const JobResult& result) = 0;

 protected:
  ~JobListener() = default;
};

}  // namespace aimc::tiles
