#include "tiles/crossbar/circuit_linear.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/converter/dac.h"
#include "tiles/crossbar/circuit_array.h"
#include "tiles/crossbar/drift_compensation.h"
#include "tiles/crossbar/noise_management.h"

namespace aimc::tiles {
namespace {

constexpr Index tokens_per_piece = 32;
constexpr Index worth_a_team = Index{1} << 20;  ///< multiply-accumulates that outweigh waking the other threads

/// The vectors of one array that are still to be multiplied, with the range of their next attempt.
struct Attempt {
  Index token = 0;
  float range = 0;    ///< before the factor
  double factor = 1;  ///< by which bound management made inputs smaller
  RandomKey key;      ///< of the vector on this array
};

class CircuitLinear final : public Linear {
 public:
  CircuitLinear(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options,
                const Device* device, const RandomKey& key);

  Index in_features() const override { return in_; }
  Index out_features() const override { return out_; }
  std::string_view kernel() const override { return kernel_; }
  SetupCounts setup() const override {
    return {.cells_programmed = in_ * out_ * slices_per_weight(spec_.slicing),
            .compensation_reads = compensation_reads_};
  }

 private:
  struct Piece;
  std::unique_ptr<CircuitArray> build_array(MatrixView clean, const ArrayPlace& place,
                                            const AnalogLinearOptions& options, const CellSource& source) const;
  void multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const override;
  void read_row_tiles(Piece& piece) const;
  void read_array(std::size_t row_tile, Piece& piece) const;
  [[nodiscard]] float first_range(std::size_t row_tile, const float* x, Index rows) const;
  [[nodiscard]] bool try_again(Attempt& attempt, int tries, const float* x, Index rows) const;
  [[nodiscard]] const CircuitArray& array(std::size_t row_tile, std::size_t column_tile) const {
    return *arrays_[column_tile * row_tiles_.size() + row_tile];
  }

  Index in_, out_;
  TileSpec spec_;
  RowDrivers drivers_;
  std::vector<RowTile> row_tiles_;
  std::vector<float> ranges_;
  RandomKey key_;
  std::size_t column_tiles_ = 0;
  std::int64_t compensation_reads_;
  std::vector<std::unique_ptr<CircuitArray>> arrays_;  ///< column tile by column tile
  std::string kernel_;
};

/// Some tokens of one column tile: what one task computes.
struct CircuitLinear::Piece {
  const MatrixView& x;
  MatrixSpan& y;
  VectorIds ids;
  Index token = 0, tokens = 0;
  std::size_t column_tile = 0;
  LinearCounts counts;
};

RandomKey row_tile_key(const RandomKey& key, const RowTile& tile) {
  return key.child("row_tile").child(static_cast<std::uint64_t>(tile.number));
}

CircuitLinear::CircuitLinear(const WeightRows& weights, const TileSpec& spec, const AnalogLinearOptions& options,
                             const Device* device, const RandomKey& key)
    : in_(weights.cols()),
      out_(weights.rows()),
      spec_(spec),
      drivers_(spec, options.effects),
      row_tiles_(row_tiles_of(options.row_tiles)),
      ranges_(options.input_ranges),
      key_(key),
      compensation_reads_(tiles::compensation_reads(options)) {
  AIMC_CHECK(spec.input.range == InputRangeMode::dynamic_range || ranges_.size() == row_tiles_.size(),
             "{} ranges for {} row tiles", ranges_.size(), row_tiles_.size());
  std::vector<Index> column_tiles = options.column_tiles;
  if (column_tiles.empty()) column_tiles.push_back(out_);
  column_tiles_ = column_tiles.size();
  const Programming programming(weights, row_tiles_, device, key);
  Index first = 0;
  for (const Index columns : column_tiles) {
    Matrix clean(columns, in_);
    weights.read(first, clean);
    for (const RowTile& rows : row_tiles_) {
      const ArrayPlace place{.rows = rows, .first_column = first, .columns = columns};
      arrays_.push_back(build_array(clean, place, options, {programming, device, row_tile_key(key, rows)}));
    }
    first += columns;
  }
  kernel_ = fmt::format("fp32 onednn {} with circuits{}", arrays_.front()->implementation(),
                        options.arithmetic == CrossbarArithmetic::grid ? "" : " off grid");
}

/// One array as it is options.seconds after programming; with drift compensation it is also programmed as it was at
/// once, and both answer the probe.
std::unique_ptr<CircuitArray> CircuitLinear::build_array(MatrixView clean, const ArrayPlace& place,
                                                         const AnalogLinearOptions& options,
                                                         const CellSource& source) const {
  const auto array_after = [&](double seconds) {
    AnalogLinearOptions then = options;
    then.seconds = seconds;
    return std::make_unique<CircuitArray>(spec_, then, drivers_, place, out_,
                                          hold_cells(clean, place, spec_, then, source), source.key);
  };
  auto array = array_after(options.seconds);
  if (options.compensation == DriftCompensation::none) return array;
  const RandomKey key = source.key.child("compensation").child(static_cast<std::uint64_t>(place.first_column));
  const Vector before = array_after(0)->probe(key.child("before")), now = array->probe(key.child("now"));
  array->correct(compensation_factors(options.compensation, {}, before, now));
  return array;
}

void CircuitLinear::multiply(MatrixView x, MatrixSpan y, VectorIds ids, LinearCounts& counts) const {
  const Index tokens = x.rows(), blocks = (tokens + tokens_per_piece - 1) / tokens_per_piece;
  std::vector<Piece> pieces;
  for (std::size_t column_tile = 0; column_tile < column_tiles_; ++column_tile) {
    for (Index block = 0; block < blocks; ++block) {
      const Index token = block * tokens_per_piece;
      pieces.push_back({.x = x,
                        .y = y,
                        .ids = ids,
                        .token = token,
                        .tokens = std::min(tokens_per_piece, tokens - token),
                        .column_tile = column_tile,
                        .counts = {}});
    }
  }
  if (tokens * in_ * out_ < worth_a_team) {
    for (Piece& piece : pieces) read_row_tiles(piece);
  } else {
    parallel_for(std::ssize(pieces), [&](std::int64_t i) { read_row_tiles(pieces[static_cast<std::size_t>(i)]); });
  }
  for (const Piece& piece : pieces) counts += piece.counts;
}

void CircuitLinear::read_row_tiles(Piece& piece) const {
  for (std::size_t row_tile = 0; row_tile < row_tiles_.size(); ++row_tile) read_array(row_tile, piece);
}

float CircuitLinear::first_range(std::size_t row_tile, const float* x, Index rows) const {
  if (spec_.input.range == InputRangeMode::static_range) return ranges_[row_tile];
  return managed_range(spec_.periphery.noise_management, spec_, x, rows);
}

/// Whether an MVM whose codes were cut is repeated, and with which range (numerics A.7, bound management): twice the
/// range, or first that of ABS_MAX_NP_SUM where it is larger (the first attempt may have had it, or a static range
/// beyond it); no more once inputs are too small or too coarse.
bool CircuitLinear::try_again(Attempt& attempt, int tries, const float* x, Index rows) const {
  const PeripherySpec& periphery = spec_.periphery;
  if (periphery.bound_management == BoundManagement::none) return false;
  if (attempt.factor > periphery.bound_management_factor || attempt.factor > coarsest_range(spec_)) return false;
  if (tries == 1 && periphery.bound_management == BoundManagement::iterative_worst_case) {
    const float worst_case = managed_range(NoiseManagement::positive_negative_sum, spec_, x, rows);
    if (worst_case > attempt.range) {
      attempt.range = worst_case;
      return true;
    }
  }
  attempt.factor *= 2;
  return true;
}

/// All attempts of a piece on one array; what they give is added to y, or written by the first row tile.
void CircuitLinear::read_array(std::size_t row_tile, Piece& piece) const {
  const CircuitArray& crossbar = array(row_tile, piece.column_tile);
  const RowTile& rows = row_tiles_[row_tile];
  const Index columns = crossbar.columns();
  const auto vector = [&](Index token) { return piece.x.data() + token * piece.x.outerStride() + rows.begin; };
  const RandomKey key = row_tile_key(key_, rows).child("mvm").child(piece.column_tile);
  std::vector<Attempt> open;
  for (Index token = piece.token; token < piece.token + piece.tokens; ++token) {
    const auto number = static_cast<std::size_t>(token);
    const std::uint64_t id = piece.ids.empty() ? number : piece.ids[number];
    open.push_back({token, first_range(row_tile, vector(token), rows.rows), 1, key.child(id)});
  }
  for (int tries = 0; !open.empty(); ++tries) {
    std::vector<MvmRequest> requests;
    for (const Attempt& attempt : open)
      requests.push_back({vector(attempt.token), attempt.range * static_cast<float>(attempt.factor),
                          attempt.key.child(static_cast<std::uint64_t>(tries))});
    std::vector<double> totals(open.size() * static_cast<std::size_t>(columns));
    std::vector<MvmOutcome> outcomes(open.size());
    LinearCounts tried;
    crossbar.run(requests, totals, outcomes, tried);
    if (tries == 0) {
      tried.mvms = piece.tokens;
      piece.counts += tried;
    } else {
      piece.counts.retries += std::ssize(open);
    }
    std::vector<Attempt> again;
    for (std::size_t i = 0; i < open.size(); ++i) {
      Attempt& attempt = open[i];
      if (outcomes[i].cut > 0 && try_again(attempt, tries + 1, vector(attempt.token), rows.rows)) {
        again.push_back(attempt);
        continue;
      }
      if (piece.column_tile == 0) piece.counts.dac_clipped += outcomes[i].clipped;  // an input counts once
      piece.counts.adc_clipped += outcomes[i].saturated;
      float* y = piece.y.data() + attempt.token * piece.y.outerStride() + crossbar.first_column();
      const double* total = totals.data() + static_cast<Index>(i) * columns;
      const float range = std::max(requests[i].range, 0.0F);
      for (Index c = 0; c < columns; ++c) {
        y[c] = (row_tile == 0 ? 0.0F : y[c]) + crossbar.affine(total[c], c, range);
      }
      piece.counts.affine += columns;
      if (row_tile > 0) piece.counts.accumulate += columns;
    }
    open = std::move(again);
  }
}

}  // namespace

std::unique_ptr<Linear> make_circuit_linear(const WeightRows& weights, const TileSpec& spec,
                                            const AnalogLinearOptions& options, const Device* device,
                                            const RandomKey& key) {
  return std::make_unique<CircuitLinear>(weights, spec, options, device, key);
}

}  // namespace aimc::tiles
