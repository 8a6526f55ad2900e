#pragma once
#include <cstdint>
#include <vector>

#include "sim/adapt/batches.h"

namespace aimc::adapt {

/// What a process computes at once of a step's sequences.
struct Share {
  std::int64_t part = 0;         ///< which part of the step it belongs to: all of a part has one draw of noise
  Batch batch;                   ///< its sequences; when empty, one without targets
  std::int64_t first_token = 0;  ///< number of its first token in the whole step
  bool empty = false;            ///< there are fewer sequences than pieces: nothing of this one counts
};

/// Pieces that each of so many parts is cut into at least, for all processes to get equally many of them: one where the
/// processes can share out whole parts.
std::int64_t least_pieces(std::int64_t parts, std::int64_t processes);

/// What process `rank` computes of a step, in order. The step's sequences are cut into parts, as equal as can be, and
/// each part into `pieces`, which the processes take in turns; parts x pieces is a multiple of the processes.
std::vector<Share> shares_of(const Batch& batch, std::int64_t parts, std::int64_t pieces, std::int64_t rank,
                             std::int64_t processes);

}  // namespace aimc::adapt
