#include "sim/functional/embedding_arrays.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

/// One row tile of the table: embeddings of the tokens [first, first + rows).
struct RowTile {
  Index first = 0, rows = 0;
  std::unique_ptr<tiles::Linear> arrays;  ///< [hidden, rows]
};

class EmbeddingArrays final : public tiles::Linear {
 public:
  EmbeddingArrays(std::vector<RowTile> row_tiles, Index hidden) : row_tiles_(std::move(row_tiles)), hidden_(hidden) {}

  [[nodiscard]] Index in_features() const override { return 1; }
  [[nodiscard]] Index out_features() const override { return hidden_; }
  [[nodiscard]] std::string_view kernel() const override { return row_tiles_.front().arrays->kernel(); }
  [[nodiscard]] tiles::SetupCounts setup() const override {
    tiles::SetupCounts sum;
    for (const RowTile& row_tile : row_tiles_) sum += row_tile.arrays->setup();
    return sum;
  }

 private:
  void multiply(MatrixView x, MatrixSpan y, tiles::VectorIds ids, tiles::LinearCounts& counts) const override {
    for (const RowTile& row_tile : row_tiles_) {
      std::vector<Index> tokens;  // that lie in it
      for (Index token = 0; token < x.rows(); ++token)
        if (const auto row = static_cast<Index>(x(token, 0)) - row_tile.first; row >= 0 && row < row_tile.rows)
          tokens.push_back(token);
      if (!tokens.empty()) look_up(row_tile, tokens, x, y, ids, counts);
    }
  }

  void look_up(const RowTile& row_tile, const std::vector<Index>& tokens, const MatrixView& x, MatrixSpan& y,
               tiles::VectorIds ids, tiles::LinearCounts& counts) const {
    Matrix one_hot = Matrix::Zero(std::ssize(tokens), row_tile.rows), rows(std::ssize(tokens), hidden_);
    std::vector<std::uint64_t> names;
    for (Index i = 0; i < one_hot.rows(); ++i) {
      const Index token = tokens[static_cast<std::size_t>(i)];
      one_hot(i, static_cast<Index>(x(token, 0)) - row_tile.first) = 1;
      names.push_back(ids.empty() ? static_cast<std::uint64_t>(token) : ids[static_cast<std::size_t>(token)]);
    }
    tiles::LinearCounts done;
    row_tile.arrays->forward(one_hot, rows, done, names);
    for (Index i = 0; i < rows.rows(); ++i) y.row(tokens[static_cast<std::size_t>(i)]) = rows.row(i);
    // The other rows rest: an array drives and reads them in proportion to its rows.
    AIMC_CHECK(done.dac_conversions % row_tile.rows == 0 && done.cell_reads % row_tile.rows == 0,
               "{} drives and {} reads of {} rows", done.dac_conversions, done.cell_reads, row_tile.rows);
    done.dac_conversions /= row_tile.rows;
    done.cell_reads /= row_tile.rows;
    counts += done;
  }

  std::vector<RowTile> row_tiles_;
  Index hidden_;
};

}  // namespace

std::unique_ptr<tiles::Linear> build_embedding(const LinearBuild& build, const LinearPlacement& table) {
  const std::string& name = build.program.graph.node(table.linear).name;
  const tiles::TileSpec& tile = build.program.hardware.tile;
  const Index vocabulary = std::accumulate(table.row_tiles.begin(), table.row_tiles.end(), Index{0});
  const Index hidden = std::accumulate(table.column_tiles.begin(), table.column_tiles.end(), Index{0});
  std::vector<RowTile> row_tiles;
  Index first = 0;
  const Matrix all = build.weights.read(name + ".weight", vocabulary, hidden);
  for (const Index rows : table.row_tiles) {
    tiles::AnalogLinearOptions options{.row_tiles = {rows},
                                       .column_tiles = table.column_tiles,
                                       .input_ranges = {},
                                       .arithmetic = build.numerics.arithmetic,
                                       .kernel = build.numerics.kernel,
                                       .effects = build.numerics.effects,
                                       .seconds = build.numerics.seconds,
                                       .compensation = build.numerics.compensation};
    if (tile.input.range == tiles::InputRangeMode::static_range) options.input_ranges = {1};
    const Matrix columns = all.middleRows(first, rows).transpose();
    row_tiles.push_back({first, rows,
                         tiles::make_analog_linear(columns, tile, options, build.device.get(),
                                                   build.key.child(name).child(row_tiles.size()))});
    first += rows;
  }
  return std::make_unique<EmbeddingArrays>(std::move(row_tiles), hidden);
}

}  // namespace aimc::sim
