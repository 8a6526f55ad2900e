#include "tiles/crossbar/programming.h"

#include <algorithm>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/weight_grid.h"

namespace aimc::tiles {
namespace {

constexpr Index channels_per_task = 16;

/// Calls body(channel) for all channels, some at a time.
void for_each_channel(Index channels, const std::function<void(Index)>& body) {
  parallel_for((channels + channels_per_task - 1) / channels_per_task, [&](std::int64_t task) {
    const Index end = std::min(channels, (task + 1) * channels_per_task);
    for (Index channel = task * channels_per_task; channel < end; ++channel) body(channel);
  });
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

void program_channel(const Matrix& weights, Index channel, const RowTile& tile, const Device* device,
                     const RandomKey& key, double seconds, std::span<float> programmed) {
  const std::span target(weights.data() + channel * weights.cols() + tile.begin, static_cast<std::size_t>(tile.rows));
  if (device == nullptr) {
    std::copy(target.begin(), target.end(), programmed.begin());
  } else {
    const float maximum = largest_magnitude(target.data(), tile.rows);
    device->hold(target, {maximum, key, static_cast<std::uint64_t>(channel * tile.rows), seconds}, programmed);
  }
}

ProgrammedTile program_tile(const Matrix& weights, const RowTile& tile, const Device* device, AdcScaleSource scale_from,
                            bool on_grid, const RandomKey& key, double seconds) {
  const RandomKey tile_key = key.child("row_tile").child(static_cast<std::uint64_t>(tile.number));
  ProgrammedTile result{Matrix(weights.rows(), tile.rows), Vector(weights.rows())};
  for_each_channel(weights.rows(), [&](Index channel) {
    float* codes = result.codes.data() + channel * tile.rows;
    program_channel(weights, channel, tile, device, tile_key, seconds, {codes, static_cast<std::size_t>(tile.rows)});
    const float* measured =
        scale_from == AdcScaleSource::noisy ? codes : weights.data() + channel * weights.cols() + tile.begin;
    const float reference = largest_magnitude(measured, tile.rows);
    result.reference[channel] = reference;
    to_grid_codes(codes, tile.rows, reference, on_grid);
  });
  return result;
}

Matrix programmed_weights(const Matrix& weights, const std::vector<Index>& row_tiles, const Device& device,
                          const RandomKey& key, double seconds) {
  Matrix programmed(weights.rows(), weights.cols());
  for (const RowTile& tile : row_tiles_of(row_tiles)) {
    const RandomKey tile_key = key.child("row_tile").child(static_cast<std::uint64_t>(tile.number));
    for_each_channel(weights.rows(), [&](Index channel) {
      float* to = programmed.data() + channel * weights.cols() + tile.begin;
      program_channel(weights, channel, tile, &device, tile_key, seconds, {to, static_cast<std::size_t>(tile.rows)});
    });
  }
  return programmed;
}

}  // namespace aimc::tiles
