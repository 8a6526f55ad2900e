#pragma once
#include <map>

#include "tiles/sc/job.h"

namespace aimc::testing {

/// Keeps what units report.
struct Results final : tiles::JobListener {
  void job_done(const tiles::JobResult& result) override { of[result.job] = result; }
  [[nodiscard]] Time sent(tiles::JobId job) const { return of.at(job).end + of.at(job).drain; }
  std::map<tiles::JobId, tiles::JobResult> of;
};

}  // namespace aimc::testing
