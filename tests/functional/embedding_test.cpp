// Token embeddings read out of arrays, against the table itself and against counts made by hand.
#include <gtest/gtest.h>

#include "sim/functional/embedding_arrays.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

constexpr Index vocabulary = 32, hidden = 16;

/// The tiny model's table [32, 16] on arrays of 8 x 8: 4 row tiles of 2 column tiles.
struct Table {
  explicit Table(int adc_bits, double out_bound) {
    program.hardware.tile.adc.bits = adc_bits;
    program.hardware.tile.adc.out_bound = out_bound;
    program.embedding = LinearPlacement{.linear = 0,
                                        .unit = LinearUnit::analog,
                                        .row_tiles = {8, 8, 8, 8},
                                        .column_tiles = {8, 8},
                                        .first_shard = 0,
                                        .shard_count = 2,
                                        .replicas = 4};
    arrays = build_embedding({program, weights, numerics, ranges, nullptr, RandomKey(1)}, *program.embedding);
    values = weights.read("model.embed_tokens.weight", vocabulary, hidden);
  }
  Matrix look_up(const std::vector<Index>& tokens) {
    Matrix ids(std::ssize(tokens), 1), rows(std::ssize(tokens), hidden);
    for (std::size_t i = 0; i < tokens.size(); ++i) ids(static_cast<Index>(i), 0) = static_cast<float>(tokens[i]);
    counts = {};
    arrays->forward(ids, rows, counts);
    return rows;
  }
  /// Largest magnitude of a feature among the tokens of a row tile: full scale of its cells.
  [[nodiscard]] double full_scale(Index token, Index feature) const {
    return values.block(token / 8 * 8, feature, 8, 1).cwiseAbs().maxCoeff();
  }

  test::RandomWeights weights;
  Program program = test::make_program(workloads::build_graph(test::tiny_config()), LinearUnit::analog, 8, 8);
  DeploymentNumerics numerics;
  InputRanges ranges;
  std::unique_ptr<tiles::Linear> arrays;
  Matrix values;
  tiles::LinearCounts counts;
};

TEST(EmbeddingArrays, FineConvertersGiveTheTable) {
  Table table(14, 1.0);
  const std::vector<Index> tokens{0, 31, 7, 8, 8, 20};
  const Matrix rows = table.look_up(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    for (Index feature = 0; feature < hidden; ++feature)  // cells lie on a grid of 1/256 of full scale
      EXPECT_NEAR(rows(static_cast<Index>(i), feature), table.values(tokens[i], feature),
                  table.full_scale(tokens[i], feature) * (0.5 / 256 + 1.0 / 8191));
}

TEST(EmbeddingArrays, AWideOutputBoundLeavesFewLevels) {
  Table table(8, 14.0);
  const Matrix rows = table.look_up({5});
  double worst = 0;
  for (Index feature = 0; feature < hidden; ++feature) {
    const double step = table.full_scale(5, feature) * 14 / 127;  // one cell in a range of 14
    const double error = std::abs(rows(0, feature) - table.values(5, feature));
    EXPECT_LE(error, step / 2 * 1.05) << feature;
    worst = std::max(worst, error / step);
  }
  EXPECT_GT(worst, 0.25) << "the converter's step is what limits it";
}

TEST(EmbeddingArrays, OneRowIsDrivenAndAllColumnsOfItsRowTileConvert) {
  Table table(8, 14.0);
  table.look_up({3, 30, 31});
  EXPECT_EQ(table.counts.mvms, 3 * 2);
  EXPECT_EQ(table.counts.dac_conversions, 3 * 2 * 1);
  EXPECT_EQ(table.counts.cell_reads, 3 * 16);
  EXPECT_EQ(table.counts.adc_conversions, 3 * 16);
  EXPECT_EQ(table.counts.affine, 3 * 16);
  EXPECT_EQ(table.counts.accumulate, 0);
}

TEST(EmbeddingArrays, ATokenIsReadTheSameInAnyBatch) {
  Table table(8, 14.0);
  const Matrix together = table.look_up({3, 17, 4});
  EXPECT_EQ(together.row(1), table.look_up({17}).row(0));
}

}  // namespace
}  // namespace aimc::sim
