// si8-w4-hwnoise (numerics E): programming noise on top of rounded weights, inputs in integers, no ADC.
#include <gtest/gtest.h>

#include "sim/functional/deploy.h"
#include "sim/functional/linear_store.h"
#include "tests/functional/tiny_model.h"
#include "tiles/crossbar/programming.h"

namespace aimc::sim {
namespace {

class IntegersInCells : public testing::Test {
 protected:
  IntegersInCells() {
    program.hardware.digital.weight_bits = 4;
    program.hardware.digital.input_bits = 8;
    program.hardware.digital.input_range = tiles::InputRangeMode::static_range;
    for (const auto& placement : program.linears) ranges[placement.linear] = {range};
    noisy.device.model = "pcm";
    noisy.integers_in_cells = true;
  }
  [[nodiscard]] NodeId linear() const { return graph.find("model.layers.1.mlp.down_proj")->id; }
  /// y [3, 16] of that linear, on inputs [3, 24].
  [[nodiscard]] Matrix output(const LinearSet& set) const {
    Matrix y(3, 16);
    tiles::LinearCounts counts;
    set.at(linear())->forward(inputs(), y, counts);
    return y;
  }
  [[nodiscard]] static Matrix inputs() {
    Matrix x(3, 24);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = 0.05F * static_cast<float>((7 * i) % 61 - 30);  // up to 1.5
    return x;
  }
  [[nodiscard]] LinearSet build(const DeploymentNumerics& numerics, std::uint64_t seed) const {
    return build_linears(program, weights, numerics, ranges, seed);
  }

  static constexpr float range = 1.25F;
  static constexpr std::uint64_t seed = 11;
  test::RandomWeights weights;
  workloads::Graph graph = workloads::build_graph(test::tiny_config());
  Program program = test::make_program(graph, LinearUnit::digital, 10, 12);
  InputRanges ranges;
  DeploymentNumerics noisy;
};

TEST_F(IntegersInCells, IsNoiseOnRoundedWeightsTimesRoundedInputs) {
  const Matrix clean = weights.read("model.layers.1.mlp.down_proj.weight", 16, 24);
  Matrix rounded = clean;  // A.6: 15 codes, one scale a channel
  for (Index o = 0; o < 16; ++o) {
    const float scale = clean.row(o).cwiseAbs().maxCoeff() / 7;
    for (Index i = 0; i < 24; ++i) rounded(o, i) = std::nearbyint(clean(o, i) / scale) * scale;
  }
  const auto device = tiles::make_device(noisy.device);
  // B.1 sees 24 rows in arrays of 10: three row tiles of 8, relative to the channel's maximum.
  const Matrix held =
      tiles::programmed_weights(rounded, {8, 8, 8}, *device, RandomKey(seed).child("model.layers.1.mlp.down_proj"), 0);
  EXPECT_GT(test::largest_difference(held, rounded), 0.01F);
  const Matrix x = inputs(), y = output(build(noisy, seed));
  for (Index t = 0; t < 3; ++t)
    for (Index o = 0; o < 16; ++o) {
      double sum = 0;
      for (Index i = 0; i < 24; ++i) {
        const double code = std::clamp(std::nearbyint(127.0 * x(t, i) / range), -127.0, 127.0);
        sum += code / 127 * range * held(o, i);
      }
      EXPECT_NEAR(y(t, o), sum, 1e-5) << t << " " << o;
    }
}

TEST_F(IntegersInCells, WithoutNoiseIsTheIntegerProduct) {
  DeploymentNumerics quiet = noisy, exact;
  quiet.device.programming_scale = 0;
  EXPECT_LT(test::largest_difference(output(build(quiet, seed)), output(build(exact, seed))), 1e-5F);
}

TEST_F(IntegersInCells, SeedsDifferAndOnlyWhereItIsAskedFor) {
  EXPECT_TRUE(is_random(program, noisy));
  EXPECT_EQ(output(build(noisy, seed)), output(build(noisy, seed)));
  EXPECT_NE(output(build(noisy, seed)), output(build(noisy, seed + 1)));
  DeploymentNumerics exceptions = noisy;  // digital exceptions of an analog deployment stay exact
  exceptions.integers_in_cells = false;
  EXPECT_FALSE(is_random(program, exceptions));
  EXPECT_EQ(output(build(exceptions, seed)), output(build({}, seed)));
}

TEST_F(IntegersInCells, AStoreTellsThemFromIntegers) {
  LinearStore store(weights);
  DeploymentNumerics quiet;  // nothing that a seed changes: the store keeps both
  quiet.device.model = "pcm";
  quiet.effects = tiles::Effects::none();
  quiet.integers_in_cells = true;
  ASSERT_FALSE(is_random(program, quiet));
  const Matrix in_cells = output(store.build(program, quiet, ranges, seed));
  const Matrix exact = output(store.build(program, {}, ranges, seed));
  EXPECT_EQ(in_cells, output(build(quiet, seed)));
  EXPECT_EQ(exact, output(build({}, seed)));
}

TEST_F(IntegersInCells, CountsAreThoseOfADigitalUnit) {
  tiles::LinearCounts of_cells, of_integers;
  Matrix y(3, 16);
  build(noisy, seed).at(linear())->forward(inputs(), y, of_cells);
  build({}, seed).at(linear())->forward(inputs(), y, of_integers);
  EXPECT_EQ(of_cells.digital_macs, of_integers.digital_macs);
  EXPECT_EQ(of_cells.weight_bytes, of_integers.weight_bytes);
  EXPECT_EQ(of_cells.dac_clipped, of_integers.dac_clipped);
  EXPECT_GT(of_cells.dac_clipped, 0);
}

}  // namespace
}  // namespace aimc::sim
