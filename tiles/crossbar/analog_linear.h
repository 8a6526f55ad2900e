#pragma once
#include <memory>
#include <vector>

#include "base/random/stream.h"
#include "tiles/device/device.h"
#include "tiles/linear/linear.h"
#include "tiles/linear/weight_rows.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Which numbers the crossbar computes with. `grid`: programmed weights on 1/256 of the channel maximum, sums exact
/// (docs/architecture.md, exact sums). `off_grid`: fp32 weights as programmed, for comparison with other tools.
enum class CrossbarArithmetic : std::uint8_t { grid, off_grid };
/// `automatic`: the fastest here; on the grid all give identical ADC codes. int8 holds a weight code as two int8
/// numbers.
enum class CrossbarKernel : std::uint8_t { automatic, int8, bf16, fp32 };

/// Digital factors that undo drift, measured by reading the arrays after programming and again now (numerics C.5).
enum class DriftCompensation : std::uint8_t { none, per_tile, per_column };

struct AnalogLinearOptions {
  std::vector<Index> row_tiles;  ///< sizes, from the Program's placement
  /// Sizes. The counts, compensation per tile, and the circuits (noise of an MVM, bound management) depend on them.
  std::vector<Index> column_tiles;
  std::vector<float> input_ranges;  ///< [row tiles]; unused with dynamic ranges
  CrossbarArithmetic arithmetic = CrossbarArithmetic::grid;
  CrossbarKernel kernel = CrossbarKernel::automatic;
  Effects effects = Effects::all();  ///< which non-idealities act; those of the cells are the device's own
  double seconds = 0;                ///< after programming
  DriftCompensation compensation = DriftCompensation::none;
};

/// Programs target weights [out, in] into cells of the device (null: ideal) of crossbars and returns the linear that
/// multiplies through DAC, array, ADC per row tile, digital scale and sum (numerics A.2, A.3, in that order). The same
/// key gives the same programmed weights whatever the thread count.
std::unique_ptr<Linear> make_analog_linear(const WeightRows& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const Device* device,
                                           const RandomKey& key);

/// The same for weights in memory.
std::unique_ptr<Linear> make_analog_linear(const Matrix& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const Device* device,
                                           const RandomKey& key);

/// Weights as the cells hold them `seconds` after programming, in the units of the model, [out, in], per channel and
/// row tile: what w16-hwnoise multiplies.
Matrix programmed_weights(const Matrix& weights, const std::vector<Index>& row_tiles, const Device& device,
                          const RandomKey& key, double seconds = 0);

}  // namespace aimc::tiles
