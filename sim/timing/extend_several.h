#pragma once
#include "sim/timing/player.h"

namespace aimc::sim {

/// The same as extend_to_all_tokens for several equal requests that left tokens out (SeveralDecode): times and activity
/// as simulated outside the jumps and interpolated between them, work and traffic exactly.
void extend_several(const Program& program, const Playbook& book, const InferenceWorkload& workload,
                    const Player& player, PlayedWork& work, TimingResult& result);

}  // namespace aimc::sim
