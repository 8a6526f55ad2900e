#pragma once
#include <string>

#include "sim/timing/passes.h"

namespace aimc::sim {

/// Describes passes that nothing moves any more: the first ten steps that have not started although some step they read
/// from has, with the unit they need and what they read.
[[nodiscard]] std::string describe_stuck(const Program& program, const Playbook& book, const Passes& passes);

}  // namespace aimc::sim
