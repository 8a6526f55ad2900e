#pragma once
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Largest of the dynamic input ranges that leave steps of the inputs fine enough, relative to the smallest one:
/// bound_management_resolution x largest input code (max_bm_res / inp_res of numerics A.7).
[[nodiscard]] double coarsest_range(const TileSpec& spec);

/// Input range of one vector x [rows] on one row tile, in its own units (numerics A.7, noise management): ABS_MAX, MAX
/// or ABS_MAX_NP_SUM, at most the limit. Zero or less: nothing to drive.
[[nodiscard]] float managed_range(NoiseManagement rule, const TileSpec& spec, const float* x, Index rows);

}  // namespace aimc::tiles
