#pragma once
#include <span>
#include <vector>

#include "base/random/stream.h"
#include "tiles/device/device.h"
#include "tiles/linear/weight_rows.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Rows [begin, begin + rows) of the layer's inputs: the word lines of one row tile.
struct RowTile {
  Index number = 0, begin = 0, rows = 0;
};
/// The row tiles of those sizes, one after another.
std::vector<RowTile> row_tiles_of(const std::vector<Index>& sizes);

/// Programs channels (rows) of weights [out, in] within row tiles, in the units of the model. Random numbers are those
/// of key / "row_tile" / number, in the order [out, rows], whatever the order of calls; a null device copies.
class Programming {
 public:
  /// Reads the weights only where the device scales by the largest weight of a whole row tile.
  Programming(const WeightRows& weights, std::vector<RowTile> tiles, const Device* device, const RandomKey& key);

  [[nodiscard]] const std::vector<RowTile>& tiles() const { return tiles_; }
  [[nodiscard]] bool changes_with_time() const { return device_ != nullptr && device_->changes_with_time(); }
  /// held[i]: what the cells of target[i] (the channel's weights in tiles()[tile]) stand for `seconds` after
  /// programming.
  void hold(std::size_t tile, Index channel, std::span<const float> target, double seconds,
            std::span<float> held) const;

 private:
  std::vector<RowTile> tiles_;
  std::vector<RandomKey> keys_;
  std::vector<float> maxima_;  ///< of whole row tiles, where the device asks for them
  const Device* device_;
};

/// Turns what the cells hold into codes in place, and returns the channel's reference: the maximum |weight| of the
/// target or of the held weights, which is weight_grid. on_grid: codes are integers that bf16 holds (weight_grid.h).
float to_codes(std::span<const float> target, std::span<float> held, AdcScaleSource scale_from, bool on_grid);

}  // namespace aimc::tiles
