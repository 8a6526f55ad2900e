#pragma once
#include <vector>

#include "base/random/stream.h"
#include "base/tensor/matrix.h"
#include "tiles/device/device.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Rows [begin, begin + rows) of the layer's inputs: the word lines of one row tile.
struct RowTile {
  Index number = 0, begin = 0, rows = 0;
};
/// The row tiles of those sizes, one after another.
std::vector<RowTile> row_tiles_of(const std::vector<Index>& sizes);

/// Programs channels (rows) of weights [out, in] within a row tile, in the units of the model. Random numbers are those
/// of key, which names the row tile, in the order [out, rows]; a null device copies.
void program_channel(const Matrix& weights, Index channel, const RowTile& tile, const Device* device,
                     const RandomKey& key, double seconds, std::span<float> programmed);

/// One row tile as a crossbar holds it: conductances as codes relative to the channel's reference, which the digital
/// scale multiplies back. Codes [out, rows] are weight_grid at the reference.
struct ProgrammedTile {
  Matrix codes;
  Vector reference;  ///< [out], maximum |weight| of each channel: of the target or of the noisy weights
};
/// on_grid: codes are integers that bf16 holds (weight_grid.h).
ProgrammedTile program_tile(const Matrix& weights, const RowTile& tile, const Device* device, AdcScaleSource scale_from,
                            bool on_grid, const RandomKey& key, double seconds);

}  // namespace aimc::tiles
