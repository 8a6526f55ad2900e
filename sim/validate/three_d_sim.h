#pragma once
#include "sim/program/program.h"
#include "sim/validate/point.h"

namespace aimc::sim {

/// The dependency graph that IBM's 3D-SiM (commit 0bef55f, MIT) schedules, as a Program of ours with its tokens laid
/// out: one token of this Program is a whole run (with a KV cache: one new token).
///
/// As in its source: every matrix is cut into tiles of 512 x 512; partial sums are added one after the other on a
/// digital unit; an edge costs one communication where it begins or ends at a tile and nothing between digital units,
/// so the operations of a chain share a unit here. A layer is q, k, v - attention - output matrix - add - norm - first
/// matrix - activation - second matrix - add - norm; one attention serves all tokens of a layer together and waits for
/// the last of them. A decoder looks up token and position in tiles (one MVM each at once) and adds them; after its
/// last layer come a norm, the head and the sampler, for the last token only; without a KV cache all tokens run again
/// for every new one. Partial sums of q, k and v are added on the way into attention: their time is in
/// hardware.attention.latency.
[[nodiscard]] Program three_d_sim_program(const ThreeDSimSetup& setup, const HardwareSpec& hardware);

}  // namespace aimc::sim
