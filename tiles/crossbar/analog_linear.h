#pragma once
#include <memory>
#include <vector>

#include "base/random/stream.h"
#include "tiles/device/weight_noise.h"
#include "tiles/linear/linear.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Which numbers the crossbar computes with. `grid`: programmed weights on 1/256 of the channel maximum, sums exact
/// (docs/architecture.md, exact sums). `off_grid`: fp32 weights as programmed, for comparison with other tools.
enum class CrossbarArithmetic : std::uint8_t { grid, off_grid };
/// `automatic`: bf16 where the CPU has it, else fp32; on the grid both give identical ADC codes.
enum class CrossbarKernel : std::uint8_t { automatic, bf16, fp32 };

struct AnalogLinearOptions {
  std::vector<Index> row_tiles;     ///< sizes, from the Program's placement
  std::vector<Index> column_tiles;  ///< sizes; no effect on the numbers, but on the counts
  std::vector<float> input_ranges;  ///< [row tiles]; unused with dynamic ranges
  CrossbarArithmetic arithmetic = CrossbarArithmetic::grid;
  CrossbarKernel kernel = CrossbarKernel::automatic;
};

/// Programs target weights [out, in] with the noise (null: ideal) into crossbars and returns the linear that multiplies
/// through DAC, array, ADC per row tile, digital scale and sum (numerics A.2, A.3, in that order). The same key gives
/// the same programmed weights whatever the thread count.
std::unique_ptr<Linear> make_analog_linear(const Matrix& weights, const TileSpec& spec,
                                           const AnalogLinearOptions& options, const ProgrammingNoise* noise,
                                           const RandomKey& key);

/// Weights as programmed, in the units of the model, [out, in], per channel and row tile: what w16-hwnoise multiplies.
Matrix programmed_weights(const Matrix& weights, const std::vector<Index>& row_tiles, const ProgrammingNoise& noise,
                          const RandomKey& key);

}  // namespace aimc::tiles
