#pragma once
#include <memory>

#include "sim/functional/build_linear.h"

namespace aimc::sim {

/// Builds the embedding table of a program in arrays (Program::embedding), seen as a linear from token ids x [tokens,
/// 1] to rows [tokens, hidden]: a token drives its one row of the row tile it lies in with a full-scale input, and all
/// column tiles of that row tile convert. No range is calibrated: the input is 0 or 1. Counts are those of the driven
/// row and arrays alone.
[[nodiscard]] std::unique_ptr<tiles::Linear> build_embedding(const LinearBuild& build, const LinearPlacement& table);

}  // namespace aimc::sim
