#pragma once
#include "base/counts/counts.h"
#include "sim/timing/machine.h"
#include "sim/timing/played_work.h"

namespace aimc::sim {

/// `all` decode tokens are counted where `simulated` were: each sends the same.
struct DecodeShare {
  std::int64_t simulated = 1, all = 1;
};

/// Turns what was played into the ledger's counts. Work of units: runs of each step times what one run does; traffic:
/// as the network modules counted it.
Counts count_actions(const Program& program, const PlayedWork& work, const Machine& machine,
                     const DecodeShare& decode = {});

}  // namespace aimc::sim
