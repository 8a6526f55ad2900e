// Magnitudes of what is drawn anew for every MVM and of what is fixed a column, measured over many draws.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/tiles/circuit_fixture.h"
#include "tiles/crossbar/circuit_linear.h"

namespace aimc::tiles {
namespace {

using test::circuit_options;
using test::circuit_spec;
using test::forward;

constexpr Index rows = 64, columns = 100, tokens = 1000;

/// 1e5 outputs of equal inputs (0.5 of the range 2) and equal weights (0.25, but for one of 0.5), with that effect
/// alone.
Matrix draws(Effect effect, const std::function<void(PeripherySpec&)>& set) {
  TileSpec spec = circuit_spec();
  set(spec.periphery);
  Matrix weights = Matrix::Constant(columns, rows, 0.25F);
  weights.col(rows - 1).setConstant(0.5F);
  AnalogLinearOptions options = circuit_options(rows, 512, 2.0F);
  options.effects = Effects::only(effect);
  return forward(*make_circuit_linear(MatrixRows(weights), spec, options, nullptr, RandomKey(3)),
                 Matrix::Constant(tokens, rows, 1.0F));
}

double deviation(const Matrix& values) {
  const double mean = values.cast<double>().mean();
  return std::sqrt((values.cast<double>().array() - mean).square().mean());
}

constexpr double unit = 2 * 0.5;  ///< range x largest weight: one device at maximum conductance with a full input

TEST(MvmNoise, OfTheOutputHasItsMagnitude) {
  const Matrix y = draws(Effect::output_noise, [](PeripherySpec& p) { p.output_noise = 0.06; });
  EXPECT_NEAR(deviation(y), 0.06 * unit, 0.01 * 0.06 * unit);
  EXPECT_NEAR(y.cast<double>().mean(), 0.25 * 63 + 0.5, 1e-3);
}

TEST(MvmNoise, OfTheInputsGoesThroughTheWeights) {
  const Matrix y = draws(Effect::input_noise, [](PeripherySpec& p) { p.input_noise = 0.02; });
  const double norm = std::sqrt(63 * 0.25 * 0.25 + 0.5 * 0.5);
  // One draw a row and MVM, shared by the columns of an array: the columns of a token are equal here.
  const Matrix one_column = y.col(0);
  EXPECT_NEAR(deviation(one_column), 0.02 * 2 * norm, 0.07 * 0.02 * 2 * norm) << "1000 draws";
  EXPECT_LT((y.col(0) - y.col(99)).norm(), 1e-3);
}

TEST(MvmNoise, OfTheCellsFollowsConductanceAndInputs) {
  const Matrix pcm = draws(Effect::array_read_noise, [](PeripherySpec& p) { p.array_read_noise = 0.0175; });
  // sum |w| x^2 with x = 1/2, w = 1/2 (63 cells) and 1
  const double of_weights = 0.0175 * std::sqrt(63 * 0.5 * 0.25 + 1 * 0.25) * unit;
  EXPECT_NEAR(deviation(pcm), of_weights, 0.01 * of_weights);
  const Matrix constant = draws(Effect::array_read_noise, [](PeripherySpec& p) {
    p.array_read_noise = 0.0175;
    p.array_read_noise_of_weights = false;
  });
  const double of_inputs = 0.0175 * std::sqrt(64 * 0.25) * unit;
  EXPECT_NEAR(deviation(constant), of_inputs, 0.01 * of_inputs);
}

TEST(MvmNoise, SpreadOfTheNoiseIsFixedAColumn) {
  const Matrix y = draws(Effect::output_noise, [](PeripherySpec& p) {
    p.output_noise = 0.06;
    p.output_noise_std = 0.3;
  });
  double sum = 0, squares = 0;
  for (Index c = 0; c < columns; ++c) {
    const Matrix column = y.col(c);
    const double sigma = deviation(column) / (0.06 * unit);
    sum += sigma;
    squares += sigma * sigma;
  }
  const double mean = sum / columns, spread = std::sqrt(squares / columns - mean * mean);
  EXPECT_NEAR(mean, 1, 0.1);
  EXPECT_NEAR(spread, 0.3, 0.07) << "100 columns";
}

TEST(ColumnSpread, GainAndOffsetAreThoseOfTheColumnAtEveryMvm) {
  const Matrix gain = draws(Effect::column_spread, [](PeripherySpec& p) { p.gain_spread = 0.03; });
  const Matrix offset = draws(Effect::column_spread, [](PeripherySpec& p) { p.offset_spread = 2; });
  for (const Matrix* y : {&gain, &offset}) EXPECT_TRUE((y->rowwise() - y->row(0)).isZero(0)) << "the same at every MVM";
  const double exact = 0.25 * 63 + 0.5;
  EXPECT_NEAR(deviation(gain) / exact, 0.03, 0.007) << "100 columns";
  EXPECT_NEAR(deviation(offset), 2 * 14.0 / 127 * unit, 0.25 * 2 * 14.0 / 127 * unit);
}

TEST(ColumnSpread, VoltageOffsetsWeakenAndShiftAColumn) {
  const Matrix y = draws(Effect::voltage_offset, [](PeripherySpec& p) { p.voltage_offset_std = 0.01; });
  const double exact = 0.25 * 63 + 0.5, inputs = 0.5 * 64;
  Index untouched = 0;
  for (Index c = 0; c < columns; ++c) {
    const double loss = exact - static_cast<double>(y(0, c));
    EXPECT_GE(loss, -1e-5);  // y (1 - v) - 2 v sum(x), v >= 0
    if (loss < 1e-5) ++untouched;
  }
  EXPECT_NEAR(static_cast<double>(untouched) / columns, 0.5, 0.15) << "max(N, 0)";
  const double mean_offset = 0.01 / std::sqrt(2 * std::numbers::pi);
  const double mean_loss = exact - y.row(0).cast<double>().mean();
  EXPECT_NEAR(mean_loss, mean_offset * (exact + 2 * inputs * unit), 0.35 * mean_loss);
}

}  // namespace
}  // namespace aimc::tiles
