#pragma once
#include "sim/timing/player.h"

namespace aimc::sim {

/// Completes a run of one request in which some decode tokens were simulated and the others left out: times, activity
/// and critical path by interpolation between the simulated tokens, work and traffic exactly (attention by position,
/// all else the same for every token).
void extend_to_all_tokens(const Program& program, const Playbook& book, const Request& request, const Player& player,
                          PlayedWork& work, TimingResult& result);

void add_work(tiles::AttentionWork& total, const tiles::AttentionWork& work);

/// What further decode tokens add to a result: every MVM step once, every packet once.
void add_traffic(const Playbook& book, std::int64_t tokens, TimingResult& result);

}  // namespace aimc::sim
