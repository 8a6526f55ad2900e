#include "tiles/crossbar/programming.h"

#include <algorithm>
#include <mutex>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/weight_grid.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

constexpr Index channels_per_task = 16;

/// Calls body(first, channels) for all channels, some at a time.
void for_each_channels(Index all, const std::function<void(Index, Index)>& body) {
  parallel_for((all + channels_per_task - 1) / channels_per_task, [&](std::int64_t task) {
    const Index first = task * channels_per_task;
    body(first, std::min(channels_per_task, all - first));
  });
}

std::vector<float> tile_maxima(const WeightRows& weights, const std::vector<RowTile>& tiles) {
  std::vector<float> maxima(tiles.size(), 0.0F);
  std::mutex mutex;
  for_each_channels(weights.rows(), [&](Index first, Index channels) {
    auto* rows = scratch<float>(Scratch::clean_rows, static_cast<std::size_t>(channels * weights.cols()));
    weights.read(first, Eigen::Map<Matrix>(rows, channels, weights.cols()));
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      float largest = 0;
      for (Index c = 0; c < channels; ++c)
        largest = std::max(largest, largest_magnitude(rows + c * weights.cols() + tiles[t].begin, tiles[t].rows));
      const std::scoped_lock lock(mutex);
      maxima[t] = std::max(maxima[t], largest);
    }
  });
  return maxima;
}

}  // namespace

std::vector<RowTile> row_tiles_of(const std::vector<Index>& sizes) {
  std::vector<RowTile> tiles;
  Index begin = 0;
  for (const Index rows : sizes) {
    tiles.push_back({static_cast<Index>(tiles.size()), begin, rows});
    begin += rows;
  }
  return tiles;
}

Programming::Programming(const WeightRows& weights, std::vector<RowTile> tiles, const Device* device,
                         const RandomKey& key)
    : tiles_(std::move(tiles)), device_(device) {
  for (const RowTile& tile : tiles_)
    keys_.push_back(key.child("row_tile").child(static_cast<std::uint64_t>(tile.number)));
  if (device_ != nullptr && device_->relative_to_tile()) maxima_ = tile_maxima(weights, tiles_);
}

void Programming::hold(std::size_t tile, Index channel, std::span<const float> target, double seconds,
                       std::span<float> held) const {
  const auto rows = static_cast<Index>(target.size());
  AIMC_CHECK(tile < tiles_.size() && rows == tiles_[tile].rows && held.size() == target.size(), "{} rows", rows);
  if (device_ == nullptr) {
    std::copy(target.begin(), target.end(), held.begin());
    return;
  }
  const float maximum = maxima_.empty() ? largest_magnitude(target.data(), rows) : maxima_[tile];
  device_->hold(target, {maximum, keys_[tile], static_cast<std::uint64_t>(channel * rows), seconds}, held);
}

float to_codes(std::span<const float> target, std::span<float> held, AdcScaleSource scale_from, bool on_grid) {
  const auto rows = static_cast<Index>(target.size());
  const float reference = largest_magnitude(scale_from == AdcScaleSource::noisy ? held.data() : target.data(), rows);
  to_grid_codes(held.data(), rows, reference, on_grid);
  return reference;
}

}  // namespace aimc::tiles
