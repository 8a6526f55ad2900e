#pragma once
#include <vector>

#include "sim/timing/machine.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// Activity so far per component and chip: chips in order, of each its tiles, digital and attention units; memory
/// channels last.
[[nodiscard]] std::vector<UnitActivity> collect_activity(const Program& program, const Playbook& book,
                                                         const Machine& machine);

/// No unit was busy for longer than `elapsed`.
void check_activity(const Playbook& book, const Machine& machine, Time elapsed);

}  // namespace aimc::sim
