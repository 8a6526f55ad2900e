#include "tiles/linear/packed_product.h"

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

/// Packed weights of a block should stay in a core's second-level cache while many tokens pass.
constexpr Index block_bytes = Index{512} << 10;
constexpr Index column_granule = 64;  ///< oneDNN packs 64 columns together
constexpr Index largest_block = 512;
constexpr Index channels_per_read = 16;  ///< a cache line of the packed layout

}  // namespace

Index PackedProduct::columns_per_block(Index out, Index in, ProductType type) {
  const auto row_bytes = static_cast<Index>(element_bytes(type)) * std::max<Index>(in, 1);
  const Index fitting = block_bytes / row_bytes / column_granule * column_granule;
  return std::min(out, std::clamp(fitting, column_granule, largest_block));
}

PackedProduct::PackedProduct(const WeightRows& weights, ProductType type, ProductSums sums, Index block_columns)
    : in_(weights.cols()),
      out_(weights.rows()),
      block_columns_(block_columns > 0 ? block_columns : columns_per_block(out_, in_, type)),
      type_(type) {
  AIMC_CHECK(in_ > 0 && out_ > 0, "a product of weights [{}, {}]", out_, in_);
  pack(weights, sums);
}

PackedProduct::PackedProduct(MatrixView weights, ProductType type, ProductSums sums, Index block_columns)
    : PackedProduct(ViewRows(std::move(weights)), type, sums, block_columns) {}

void PackedProduct::pack(const WeightRows& weights, ProductSums sums) {
  blocks_.resize(static_cast<std::size_t>((out_ + block_columns_ - 1) / block_columns_));
  std::vector<std::size_t> begins;
  std::size_t bytes = 0;
  for (Index i = 0; i < blocks(); ++i) {
    auto& block = blocks_[static_cast<std::size_t>(i)];
    block.kernels = &BlockKernels::of(type_, in_, block_columns(i), sums);
    begins.push_back(bytes);
    bytes += PackedMemory::aligned(block.kernels->layout().bytes);
  }
  memory_ = PackedMemory(bytes);
  parallel_for(blocks(), [&](std::int64_t i) {
    auto& block = blocks_[static_cast<std::size_t>(i)];
    std::byte* to = memory_.data() + begins[static_cast<std::size_t>(i)];
    BlockWriter writer(*block.kernels, to);
    auto* rows = scratch<float>(Scratch::clean_rows, static_cast<std::size_t>(channels_per_read * in_));
    for (Index first = 0; first < block_columns(i); first += channels_per_read) {
      const Index channels = std::min(channels_per_read, block_columns(i) - first);
      weights.read(block_begin(i) + first, Eigen::Map<Matrix>(rows, channels, in_));
      writer.write(rows, in_, first, channels);
    }
    writer.finish();
    block.weights = block.kernels->at(to);
  });
}

void PackedProduct::multiply(const void* x, Index tokens, Index block, void* y) const {
  const Block& one = blocks_[static_cast<std::size_t>(block)];
  one.kernels->multiply(*one.weights, x, tokens, y);
}

}  // namespace aimc::tiles
