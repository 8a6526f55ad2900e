// The analog linear with circuits: against the fast path bit for bit, and against numerics A.7 written plainly in
// double and in the units of the model.
#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel/parallel.h"
#include "tests/tiles/circuit_fixture.h"
#include "tiles/crossbar/circuit_linear.h"
#include "tiles/crossbar/fast_crossbar.h"
#include "tiles/device/device.h"

namespace aimc::tiles {
namespace {

using aimc::testing::gaussian;
using test::circuit_options;
using test::circuit_spec;
using test::forward;
using test::relative_error;
using test::same_bits;

std::unique_ptr<Linear> with_circuits(const Matrix& weights, const TileSpec& spec, const AnalogLinearOptions& options,
                                      const Device* device = nullptr) {
  return make_circuit_linear(MatrixRows(weights), spec, options, device, RandomKey(5));
}

struct Case {
  Index in, out, rows;
  bool dynamic, noisy;
};
class SameAsFastPath : public ::testing::TestWithParam<Case> {};

TEST_P(SameAsFastPath, BitForBitWhenNothingActs) {
  const Case& c = GetParam();
  const Matrix weights = gaussian(c.out, c.in, 1, 0.05F), x = gaussian(37, c.in, 2);
  TileSpec spec = circuit_spec();
  if (c.dynamic) spec.input.range = InputRangeMode::dynamic_range;
  if (c.noisy) spec.adc.scale_from = AdcScaleSource::noisy;
  AnalogLinearOptions options = circuit_options(c.in, c.rows, 2.0F);
  options.column_tiles = balanced_split(c.out, 50);
  const auto device = make_device({.model = c.noisy ? "pcm" : "none"});
  const Device* cells = c.noisy ? device.get() : nullptr;
  LinearCounts slow, fast;
  const Matrix general = forward(*with_circuits(weights, spec, options, cells), x, &slow);
  const Matrix expected =
      forward(*make_fast_crossbar(MatrixRows(weights), spec, options, cells, RandomKey(5)), x, &fast);
  EXPECT_TRUE(same_bits(general, expected));
  EXPECT_EQ(slow.mvms, fast.mvms);
  EXPECT_EQ(slow.dac_conversions, fast.dac_conversions);
  EXPECT_EQ(slow.cell_reads, fast.cell_reads);
  EXPECT_EQ(slow.adc_conversions, fast.adc_conversions);
  EXPECT_EQ(slow.affine, fast.affine);
  EXPECT_EQ(slow.accumulate, fast.accumulate);
  EXPECT_EQ(slow.adc_clipped, fast.adc_clipped);
  EXPECT_EQ(slow.dac_clipped, fast.dac_clipped);
  EXPECT_EQ(slow.dac_clipped > 0, !c.dynamic);
}

INSTANTIATE_TEST_SUITE_P(Shapes, SameAsFastPath,
                         ::testing::Values(Case{300, 70, 128, false, false}, Case{300, 70, 128, true, true},
                                           Case{1500, 120, 1500, false, true}, Case{64, 3, 512, true, false}));

TEST(Circuits, CompensateDriftAsTheFastPathDoes) {
  const Matrix weights = gaussian(40, 100, 12, 0.05F), x = gaussian(6, 100, 13);
  AnalogLinearOptions options = circuit_options(100, 64, 2.0F);
  options.column_tiles = {20, 20};
  options.seconds = 86400;
  const auto device = make_device({.model = "pcm_like"});
  const Matrix drifted = forward(*with_circuits(weights, circuit_spec(), options, device.get()), x);
  for (const DriftCompensation mode : {DriftCompensation::per_tile, DriftCompensation::per_column}) {
    options.compensation = mode;
    const auto linear = with_circuits(weights, circuit_spec(), options, device.get());
    const auto fast = make_fast_crossbar(MatrixRows(weights), circuit_spec(), options, device.get(), RandomKey(5));
    EXPECT_LT(relative_error(forward(*linear, x), forward(*fast, x)), 1e-6);
    EXPECT_GT(relative_error(forward(*linear, x), drifted), 0.1);
    EXPECT_EQ(linear->setup().compensation_reads, fast->setup().compensation_reads);
  }
}

TEST(Circuits, WithoutAnyEffectTheProductIsExact) {
  const Matrix weights = gaussian(40, 200, 3), x = gaussian(9, 200, 4);
  AnalogLinearOptions options = circuit_options(200, 64, 0.5F);  // most inputs lie beyond the range
  options.effects = Effects::none();
  options.arithmetic = CrossbarArithmetic::off_grid;
  const Matrix product = x * weights.transpose();
  EXPECT_LT(relative_error(forward(*with_circuits(weights, circuit_spec(4, 4, 1), options), x), product), 2e-6);
}

// Numerics A.7 for one row tile and circuits without spread, in volts and siemens instead of codes: inputs are voltages
// up to `volt`, cells conductances up to `siemens`, currents come out.
struct PlainTile {
  PeripherySpec p;
  double volt = 0.2, siemens = 25e-6, bound = 14;

  [[nodiscard]] double output(const float* weights, const float* x, Index rows, double range) const {
    double largest = 0;
    for (Index i = 0; i < rows; ++i) largest = std::max(largest, std::abs(static_cast<double>(weights[i])));
    const double unit = volt * siemens;
    double current = 0, total = 0, far = 0, inputs = 0;
    for (Index i = 0; i < rows; ++i) {
      double v = volt * x[i] / range;
      if (v < 0) v -= p.input_asymmetry * v;
      const double g = siemens * weights[i] / largest;
      const double place = static_cast<double>(i) / static_cast<double>(rows);
      current += g * v;
      total += std::abs(g * v);
      far += g * v * (2 * place - place * place);
      inputs += v * siemens;
    }
    const double a = static_cast<double>(rows) / p.ir_drop_ratio * total / unit;
    current -= p.ir_drop * (0.05 * a * a * a - 0.2 * a * a + 0.5 * a) * far;
    const double r = p.series_resistance / unit;
    current = (current + inputs) / (1 + r * std::abs(current + inputs)) - inputs / (1 + r * std::abs(inputs));
    const double n = p.output_nonlinearity / (bound * unit);
    double gain = 1;
    if (p.slope_calibration > 0) gain = std::pow(1 + (n * unit + p.series_resistance) * p.slope_calibration * bound, 2);
    current = gain * current / (1 + n * std::abs(current));
    if (current < 0) current -= p.output_asymmetry * current;
    return current / unit * range * largest;
  }
};

PeripherySpec all_systematic() {
  PeripherySpec p;
  p.input_asymmetry = 0.1;
  p.ir_drop = 1;
  p.ir_drop_ratio = 2e4;
  p.series_resistance = 0.02;
  p.output_nonlinearity = 0.3;
  p.slope_calibration = 0.5;
  p.output_asymmetry = 0.07;
  return p;
}

void expect_plain(const PeripherySpec& periphery) {
  constexpr Index in = 150, out = 20;
  const Matrix weights = gaussian(out, in, 6), x = gaussian(5, in, 7);
  TileSpec spec = circuit_spec();
  spec.periphery = periphery;
  AnalogLinearOptions options = circuit_options(in, 512, 2.5F);
  options.arithmetic = CrossbarArithmetic::off_grid;
  for (const Effect converter :
       {Effect::input_rounding, Effect::input_clipping, Effect::output_rounding, Effect::output_clipping})
    options.effects = options.effects.without(converter);
  const Matrix y = forward(*with_circuits(weights, spec, options), x);
  const PlainTile plain{.p = periphery};
  Matrix expected(5, out);
  for (Index t = 0; t < 5; ++t)
    for (Index o = 0; o < out; ++o)
      expected(t, o) = static_cast<float>(plain.output(weights.row(o).data(), x.row(t).data(), in, 2.5));
  EXPECT_LT(relative_error(y, expected), 3e-6);
  EXPECT_GT(relative_error(y, x * weights.transpose()), 1e-4) << "nothing acted";
}

TEST(Circuits, EachAndAllFollowTheEquations) {
  const PeripherySpec all = all_systematic();
  PeripherySpec one;
  one.input_asymmetry = all.input_asymmetry;
  expect_plain(one);
  one = {};
  one.ir_drop = all.ir_drop;
  one.ir_drop_ratio = all.ir_drop_ratio;
  expect_plain(one);
  one = {};
  one.series_resistance = all.series_resistance;
  expect_plain(one);
  one = {};
  one.output_nonlinearity = all.output_nonlinearity;
  expect_plain(one);
  one = {};
  one.output_asymmetry = all.output_asymmetry;
  expect_plain(one);
  expect_plain(all);
}

/// Every circuit with a magnitude, spread and noise included.
TileSpec everything() {
  TileSpec spec = circuit_spec();
  spec.periphery = all_systematic();
  spec.periphery.input_noise = 0.01;
  spec.periphery.array_read_noise = 0.02;
  spec.periphery.voltage_offset_std = 0.02;
  spec.periphery.output_nonlinearity_std = 0.2;
  spec.periphery.output_noise = 0.05;
  spec.periphery.output_noise_std = 0.3;
  spec.periphery.gain_spread = 0.02;
  spec.periphery.offset_spread = 0.5;
  return spec;
}

TEST(Circuits, EveryEffectActsAloneAndOnlyThat) {
  const Matrix weights = gaussian(30, 100, 8), x = gaussian(6, 100, 9);
  TileSpec spec = everything();
  spec.adc.out_bound = 3;
  AnalogLinearOptions options = circuit_options(100, 512, 1.5F);
  options.effects = Effects::none();
  const Matrix none = forward(*with_circuits(weights, spec, options), x);
  for (const Effect effect : all_effects()) {
    const bool of_cells = effect == Effect::programming_noise || effect == Effect::read_noise ||
                          effect == Effect::drift || effect == Effect::faults;
    options.effects = Effects::only(effect);
    const Matrix alone = forward(*with_circuits(weights, spec, options), x);
    EXPECT_EQ(same_bits(alone, none), of_cells) << name(effect);
    options.effects = Effects::all().without(effect);
    const Matrix others = forward(*with_circuits(weights, spec, options), x);
    options.effects = Effects::all();
    EXPECT_EQ(same_bits(others, forward(*with_circuits(weights, spec, options), x)), of_cells) << name(effect);
  }
}

TEST(Circuits, ATokenKeepsItsBitsInEveryBatchOrderAndThreadCount) {
  constexpr Index in = 260, out = 130, tokens = 70;
  const Matrix weights = gaussian(out, in, 10), x = gaussian(tokens, in, 11);
  TileSpec spec = everything();
  spec.periphery.bound_management = BoundManagement::iterative;
  spec.adc.out_bound = 3;
  AnalogLinearOptions options = circuit_options(in, 100, 2.0F);
  options.column_tiles = {64, 66};
  const auto linear = with_circuits(weights, spec, options);
  std::vector<std::uint64_t> ids(tokens);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = 1000 + 7 * i;
  LinearCounts counts;
  const Matrix together = forward(*linear, x, &counts, ids);
  EXPECT_GT(counts.retries, 0);
  for (const Index token : {0, 33, 69}) {
    const Matrix alone = forward(*linear, x.row(token), nullptr, {&ids[static_cast<std::size_t>(token)], 1});
    EXPECT_TRUE(same_bits(alone, together.row(token))) << token;
  }
  const std::vector<std::uint64_t> backwards(ids.rbegin(), ids.rend());
  const Matrix reversed = x.colwise().reverse();
  EXPECT_TRUE(same_bits(forward(*linear, reversed, nullptr, backwards), together.colwise().reverse()));
  set_thread_count(1);
  const Matrix serial = forward(*with_circuits(weights, spec, options), x, nullptr, ids);
  set_thread_count(0);
  EXPECT_TRUE(same_bits(serial, together));
  const std::vector<std::uint64_t> others(backwards);
  EXPECT_FALSE(same_bits(forward(*linear, x, nullptr, others), together)) << "noise is that of the vector's name";
}

TEST(Circuits, IrDropVanishesWithThickWiresAndGrowsWithRows) {
  const auto loss = [](Index rows, double ratio) {
    const Matrix weights = Matrix::Constant(1, rows, 0.5F), x = Matrix::Constant(1, rows, 1.0F);
    TileSpec spec = circuit_spec();
    spec.periphery.ir_drop = 1;
    spec.periphery.ir_drop_ratio = ratio;
    AnalogLinearOptions options = circuit_options(rows, 512, 1.0F);
    options.effects = Effects::only(Effect::ir_drop);
    const double exact = 0.5 * static_cast<double>(rows);
    return (exact - static_cast<double>(forward(*with_circuits(weights, spec, options), x)(0, 0))) / exact;
  };
  EXPECT_NEAR(loss(256, 1e12), 0, 1e-6);
  double before = 0;
  for (const Index rows : {32, 64, 128, 256, 512}) {
    const double now = loss(rows, 571428.57);
    EXPECT_GT(now, before) << rows;
    before = now;
  }
  // Of all-equal cells a share 2/3 of c = a/2 is lost, a = rows^2 / ratio, up to terms of second order in a.
  EXPECT_NEAR(loss(64, 571428.57), 64.0 * 64.0 / 571428.57 / 3, 1e-4);
}

TEST(Circuits, NonlinearityIsOddAndItsSlopeIsOneWhereCalibrated) {
  TileSpec spec = circuit_spec();
  spec.periphery.output_nonlinearity = 0.2;
  spec.periphery.slope_calibration = 0.5;
  AnalogLinearOptions options = circuit_options(10, 512, 1.0F);
  options.effects = Effects::only(Effect::output_nonlinearity);
  const auto linear = with_circuits(Matrix::Constant(1, 10, 1.0F), spec, options);
  const auto at = [&](double sum) {
    return static_cast<double>(forward(*linear, Matrix::Constant(1, 10, static_cast<float>(sum / 10)))(0, 0));
  };
  for (const double sum : {0.5, 3.0, 14.0}) EXPECT_DOUBLE_EQ(at(-sum), -at(sum));
  const double middle = 0.5 * spec.adc.out_bound;
  EXPECT_NEAR((at(middle + 0.1) - at(middle - 0.1)) / 0.2, 1, 1e-3);
  EXPECT_GT(at(0.1) / 0.1, 1.1);
  EXPECT_LT((at(14) - at(13.8)) / 0.2, 0.95);
}

}  // namespace
}  // namespace aimc::tiles
