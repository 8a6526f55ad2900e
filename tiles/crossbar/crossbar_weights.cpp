#include "tiles/crossbar/crossbar_weights.h"

#include <algorithm>
#include <cstring>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/crossbar/weight_grid.h"
#include "tiles/linear/packed_product.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

constexpr Index channels_per_step = 16;  ///< a cache line of the packed layout
constexpr Index rarely_wide = 512;       ///< rows whose codes of at most weight_grid cannot reach the limit
constexpr std::int64_t exact_limit = std::int64_t{1} << 24;  ///< integers up to here are fp32 numbers

}  // namespace

struct CrossbarWeights::Source {
  const WeightRows& weights;
  const Programming& programming;
  const Observer& observer;

  /// Codes [rows] of one channel of a tile, into held; returns its reference.
  float codes(const Options& options, std::size_t tile, Index channel, std::span<const float> target,
              std::span<float> held) const {
    programming.hold(tile, channel, target, options.seconds, held);
    const float reference = to_codes(target, held, options.scale_from, options.on_grid);
    if (observer) observer(tile, channel, target, held);
    return reference;
  }
};

CrossbarWeights::CrossbarWeights(const WeightRows& weights, const Programming& programming, const Options& options,
                                 const Observer& observer)
    : out_(weights.rows()), block_columns_(0), options_(options) {
  const auto& tiles = programming.tiles();
  const Source source{weights, programming, observer};
  const auto by_rows = [](const RowTile& a, const RowTile& b) { return a.rows < b.rows; };
  const Index most_rows = std::max_element(tiles.begin(), tiles.end(), by_rows)->rows;
  block_columns_ = PackedProduct::columns_per_block(planes() * out_, most_rows, options.type) / planes();
  references_.assign(tiles.size(), Vector(out_));
  units_.resize(static_cast<std::size_t>(blocks()) * tiles.size());

  std::vector<Index> chunks;
  for (std::size_t t = 0; t < tiles.size(); ++t) chunks.push_back(chunks_of(source, t));
  std::vector<std::size_t> begins;
  std::size_t bytes = 0;
  for (Index block = 0; block < blocks(); ++block) {
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      begins.push_back(bytes);
      bytes += cut(unit(t, block), tiles[t].rows, block_columns(block), chunks[t]);
    }
  }
  memories_.emplace_back(bytes);
  for (std::size_t i = 0; i < units_.size(); ++i) place(units_[i], memories_.front().data() + begins[i]);
  parallel_for(blocks(), [&](std::int64_t block) { program(source, block, 0, tiles.size()); });
  fits_ = std::ranges::all_of(units_, &Unit::fits);
  if (fits_) program_wide_units(source);
}

/// A guess from the first channels at how many chunks the sums of a long tile need; program() sees whether it is right.
Index CrossbarWeights::chunks_of(const Source& source, std::size_t tile) const {
  const RowTile& rows = source.programming.tiles()[tile];
  if (rows.rows <= rarely_wide || !options_.on_grid) return 1;
  const Index channels = std::min(channels_per_step, out_);
  Matrix clean(channels, source.weights.cols());
  source.weights.read(0, clean);
  std::vector<float> held(static_cast<std::size_t>(rows.rows));
  std::int64_t largest = 0;
  for (Index c = 0; c < channels; ++c) {
    const std::span target(clean.data() + c * clean.cols() + rows.begin, held.size());
    source.programming.hold(tile, c, target, options_.seconds, held);
    to_codes(target, held, options_.scale_from, true);
    largest = std::max(largest, sum_of_magnitudes(held.data(), rows.rows));
  }
  const std::int64_t with_margin = (largest + largest / 4) * options_.largest_input;
  Index chunks = 1;
  while (with_margin / chunks >= exact_limit && chunks < rows.rows) chunks *= 2;
  return std::min(chunks, rows.rows);
}

/// Cuts a unit into equal row chunks; returns the bytes they take.
std::size_t CrossbarWeights::cut(Unit& unit, Index rows, Index columns, Index chunks) const {
  const ProductSums sums = options_.on_grid ? ProductSums::exact : ProductSums::rounded;
  unit.chunks.clear();
  Index begin = 0;
  std::size_t bytes = 0;
  for (const Index size : balanced_split(rows, std::max<Index>(1, rows / chunks))) {
    const BlockKernels& kernels = BlockKernels::of(options_.type, size, planes() * columns, sums);
    unit.chunks.push_back({&kernels, begin, size, nullptr, nullptr, {}});
    if (planes() > 1) unit.chunks.back().offset.resize(static_cast<std::size_t>(columns));
    begin += size;
    bytes += PackedMemory::aligned(kernels.layout().bytes);
  }
  return bytes;
}

void CrossbarWeights::place(Unit& unit, std::byte* memory) {
  for (Chunk& chunk : unit.chunks) {
    chunk.memory = memory;
    memory += PackedMemory::aligned(chunk.kernels->layout().bytes);
  }
}

/// Some row tiles of a column block.
void CrossbarWeights::program(const Source& source, Index block, std::size_t first_tile, std::size_t tiles) {
  const Index in = source.weights.cols(), begin = block_begin(block), columns = block_columns(block);
  std::vector<BlockWriter> writers;
  for (std::size_t t = first_tile; t < first_tile + tiles; ++t)
    for (const Chunk& chunk : unit(t, block).chunks) writers.emplace_back(*chunk.kernels, chunk.memory);
  auto* clean = scratch<float>(Scratch::clean_rows, static_cast<std::size_t>(channels_per_step * in));
  for (Index first = 0; first < columns; first += channels_per_step) {
    const Index channels = std::min(channels_per_step, columns - first);
    source.weights.read(begin + first, Eigen::Map<Matrix>(clean, channels, in));
    auto writer = writers.begin();
    for (std::size_t t = first_tile; t < first_tile + tiles; ++t) {
      const RowTile& tile = source.programming.tiles()[t];
      Unit& to = unit(t, block);
      const auto rows = static_cast<std::size_t>(tile.rows);
      auto* codes = scratch<float>(Scratch::held_rows, static_cast<std::size_t>(channels) * rows);
      for (Index c = 0; c < channels; ++c) {
        float* held = codes + c * tile.rows;
        references_[t][begin + first + c] =
            source.codes(options_, t, begin + first + c, {clean + c * in + tile.begin, rows}, {held, rows});
        if (planes() > 1) to.fits = to.fits && codes_within(held, tile.rows, largest_plane_code);
        for (const Chunk& chunk : to.chunks)
          to.exact =
              to.exact && (!options_.on_grid ||
                           sum_of_magnitudes(held + chunk.begin, chunk.rows) * options_.largest_input < exact_limit);
      }
      for (Chunk& chunk : to.chunks) {
        writer->write(codes + chunk.begin, tile.rows, first, channels);
        if (planes() > 1) {
          writer->write(codes + chunk.begin, tile.rows, columns + first, channels, CodePlane::high);
          for (Index c = 0; c < channels; ++c)
            chunk.offset[static_cast<std::size_t>(first + c)] =
                offset_of(codes + c * tile.rows + chunk.begin, chunk.rows);
        }
        ++writer;
      }
    }
  }
  for (BlockWriter& writer : writers) writer.finish();
  for (std::size_t t = first_tile; t < first_tile + tiles; ++t)
    for (Chunk& chunk : unit(t, block).chunks) chunk.weights = chunk.kernels->at(chunk.memory);
}

/// Units whose sums were not sure to be exact are programmed again, in twice as many chunks, until they are.
void CrossbarWeights::program_wide_units(const Source& source) {
  for (Index block = 0; block < blocks(); ++block) {
    for (std::size_t t = 0; t < references_.size(); ++t) {
      Unit& wide = unit(t, block);
      const Index rows = source.programming.tiles()[t].rows;
      while (!wide.exact) {
        const auto chunks = static_cast<Index>(wide.chunks.size());
        AIMC_CHECK(chunks < rows, "a single product beyond 2^24");
        wide.exact = true;
        memories_.emplace_back(cut(wide, rows, block_columns(block), std::min(2 * chunks, rows)));
        place(wide, memories_.back().data());
        program(source, block, t, 1);
      }
    }
  }
}

const std::string& CrossbarWeights::implementation() const {
  return units_.front().chunks.front().kernels->implementation();
}

void CrossbarWeights::multiply(std::size_t tile, Index block, const void* x, Index tokens, float* sums) const {
  const Unit& from = unit(tile, block);
  AIMC_CHECK(from.chunks.size() == 1, "{} chunks", from.chunks.size());
  multiply_chunk(from.chunks.front(), block_columns(block), x, tokens, sums);
}

PlaneSums CrossbarWeights::multiply_planes(std::size_t tile, Index block, const void* x, Index tokens,
                                           std::int32_t* planes) const {
  const Unit& from = unit(tile, block);
  AIMC_CHECK(from.chunks.size() == 1 && options_.type == ProductType::int8, "{} chunks", from.chunks.size());
  const Chunk& chunk = from.chunks.front();
  chunk.kernels->multiply(*chunk.weights, x, tokens, planes);
  return {planes, chunk.offset.data()};
}

void CrossbarWeights::multiply_chunk(const Chunk& chunk, Index columns, const void* x, Index tokens,
                                     float* sums) const {
  if (options_.type != ProductType::int8) return chunk.kernels->multiply(*chunk.weights, x, tokens, sums);
  auto* planes = scratch<std::int32_t>(Scratch::plane_sums, static_cast<std::size_t>(2 * tokens * columns));
  chunk.kernels->multiply(*chunk.weights, x, tokens, planes);
  join_planes({planes, chunk.offset.data()}, tokens, columns, sums);
}

void CrossbarWeights::multiply(std::size_t tile, Index block, const void* x, Index tokens, double* sums) const {
  const Unit& from = unit(tile, block);
  const auto element = element_bytes(options_.type);
  const auto row_bytes = static_cast<std::size_t>(from.chunks.back().begin + from.chunks.back().rows) * element;
  const auto count = static_cast<std::size_t>(tokens * block_columns(block));
  std::fill_n(sums, count, 0.0);
  auto* partial = scratch<float>(Scratch::exact_sums, count);
  for (const Chunk& chunk : from.chunks) {
    const auto bytes = static_cast<std::size_t>(chunk.rows) * element;
    auto* slice = scratch<std::byte>(Scratch::chunk_input, static_cast<std::size_t>(tokens) * bytes);
    for (Index token = 0; token < tokens; ++token)
      std::memcpy(slice + static_cast<std::size_t>(token) * bytes,
                  static_cast<const std::byte*>(x) + static_cast<std::size_t>(token) * row_bytes +
                      static_cast<std::size_t>(chunk.begin) * element,
                  bytes);
    multiply_chunk(chunk, block_columns(block), slice, tokens, partial);
    for (std::size_t i = 0; i < count; ++i) sums[i] += static_cast<double>(partial[i]);
  }
}

}  // namespace aimc::tiles
