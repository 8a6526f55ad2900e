#pragma once
#include "base/tensor/matrix.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// What the ADCs of one row tile are given: 127 y / out_bound of numerics A.3 (for 8 bits), before rounding and
/// clamping, [tokens, out]; a magnitude beyond largest_code(adc.bits) saturates. Plain fp32 sums of exact input codes,
/// off the weight grid and without circuits, for looking at a tile and not for computing with it. inputs [tokens, rows]
/// of the row tile; held [out, rows]: weights as its cells hold them; reference [out]: the channels' full scale; ranges
/// [tokens]: input range of each vector.
[[nodiscard]] Matrix column_values(const MatrixView& inputs, MatrixView held, const Vector& reference,
                                   const Vector& ranges, const TileSpec& spec);

}  // namespace aimc::tiles
