// What the page on a layer shows of the ADCs against what the crossbar itself computes.
#include <gtest/gtest.h>

#include "tests/tiles/random_matrix.h"
#include "tiles/crossbar/analog_linear.h"
#include "tiles/crossbar/column_values.h"

namespace aimc::tiles {
namespace {

TileSpec spec_of(int adc_bits) {
  TileSpec spec;
  spec.adc.bits = adc_bits;
  return spec;
}

TEST(ColumnValues, MeetTheTestVector) {
  // numerics A.3: 127 y / out_bound = 12.973214.
  Matrix x(1, 4), w(1, 4);
  x << 0.9F, -2.0F, 0.031F, 1.5F;
  w << 0.2F, -0.4F, 0.1F, 0.05F;
  const Matrix values = column_values(x, w, Vector::Constant(1, 0.4F), Vector::Constant(1, 1.5F), spec_of(8));
  EXPECT_NEAR(values(0, 0), 12.973214, 1e-5);
}

TEST(ColumnValues, OfAllRowTilesGiveTheOutputOfTheCrossbar) {
  // Off the grid and with scales applied, rounded values are what the crossbar adds up.
  const Index tokens = 5, rows = 24, out = 16;
  const Matrix x = testing::gaussian(tokens, 2 * rows, 1), w = testing::gaussian(out, 2 * rows, 2);
  TileSpec spec = spec_of(8);
  spec.adc.out_bound = 1.5;  // some saturate
  const AnalogLinearOptions options{.row_tiles = {rows, rows},
                                    .column_tiles = {},
                                    .input_ranges = {1.5F, 2.0F},
                                    .arithmetic = CrossbarArithmetic::off_grid};
  Matrix y(tokens, out), sum = Matrix::Zero(tokens, out);
  LinearCounts counts;
  make_analog_linear(w, spec, options, nullptr, RandomKey(1))->forward(x, y, counts);
  std::int64_t saturated = 0;
  for (Index tile = 0; tile < 2; ++tile) {
    const Matrix held = w.middleCols(tile * rows, rows);
    const Vector reference = held.cwiseAbs().rowwise().maxCoeff().transpose();
    const float range = options.input_ranges[static_cast<std::size_t>(tile)];
    const Matrix values =
        column_values(x.middleCols(tile * rows, rows), held, reference, Vector::Constant(tokens, range), spec);
    for (Index t = 0; t < tokens; ++t)
      for (Index o = 0; o < out; ++o) {
        if (std::abs(values(t, o)) > 127.5F) ++saturated;
        const double code = std::min(127.0, std::max(-127.0, std::nearbyint(static_cast<double>(values(t, o)))));
        sum(t, o) += static_cast<float>(code * spec.adc.out_bound / 127 * static_cast<double>(range * reference[o]));
      }
  }
  EXPECT_GT(counts.adc_clipped, 0);
  EXPECT_EQ(saturated, counts.adc_clipped);
  EXPECT_LT((y - sum).cwiseAbs().maxCoeff(), 1e-5F);
}

TEST(ColumnValues, AreZeroForAChannelOfZeros) {
  const Matrix values =
      column_values(Matrix::Ones(2, 3), Matrix::Zero(4, 3), Vector::Zero(4), Vector::Ones(2), spec_of(8));
  EXPECT_EQ(values.cwiseAbs().maxCoeff(), 0);
}

}  // namespace
}  // namespace aimc::tiles
