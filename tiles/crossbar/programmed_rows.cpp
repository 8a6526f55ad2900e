#include "tiles/crossbar/programmed_rows.h"

#include <algorithm>

#include "base/parallel/parallel.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {
constexpr Index channels_per_task = 16;
}  // namespace

ProgrammedRows::ProgrammedRows(const WeightRows& weights, const std::vector<Index>& row_tiles, const Device& device,
                               const RandomKey& key, double seconds)
    : weights_(weights), programming_(weights, row_tiles_of(row_tiles), &device, key), seconds_(seconds) {}

void ProgrammedRows::read(Index first, MatrixSpan to) const {
  weights_.read(first, to);
  for (std::size_t t = 0; t < programming_.tiles().size(); ++t) {
    const RowTile& tile = programming_.tiles()[t];
    const auto rows = static_cast<std::size_t>(tile.rows);
    auto* held = scratch<float>(Scratch::held_rows, rows);
    for (Index c = 0; c < to.rows(); ++c) {
      float* weights = to.data() + c * to.outerStride() + tile.begin;
      programming_.hold(t, first + c, {weights, rows}, seconds_, {held, rows});
      std::copy_n(held, rows, weights);
    }
  }
}

Matrix programmed_weights(const Matrix& weights, const std::vector<Index>& row_tiles, const Device& device,
                          const RandomKey& key, double seconds) {
  const MatrixRows clean(weights);
  const ProgrammedRows programmed(clean, row_tiles, device, key, seconds);
  Matrix result(weights.rows(), weights.cols());
  parallel_for((weights.rows() + channels_per_task - 1) / channels_per_task, [&](std::int64_t task) {
    const Index first = task * channels_per_task;
    programmed.read(first, result.middleRows(first, std::min(channels_per_task, weights.rows() - first)));
  });
  return result;
}

}  // namespace aimc::tiles
