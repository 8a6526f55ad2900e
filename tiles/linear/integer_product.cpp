#include "tiles/linear/integer_product.h"

#include <cmath>
#include <cstring>

#include "base/check/check.h"
#include "tiles/linear/scratch.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {
namespace {

constexpr double exact_limit = 1 << 24;  ///< integers up to here are fp32 numbers
constexpr Index memory_bound = Index{4} << 20;

/// Whether no sum over the rows [begin, begin + rows) can reach the limit, in any order and at any intermediate step.
bool sums_are_exact(const MatrixView& codes, Index begin, Index rows, int largest_input) {
  for (Index o = 0; o < codes.rows(); ++o) {
    const double magnitude = codes.row(o).segment(begin, rows).cast<double>().cwiseAbs().sum();
    if (magnitude * largest_input >= exact_limit) return false;
  }
  return true;
}

bool fits_bf16(const MatrixView& codes) {
  for (Index o = 0; o < codes.rows(); ++o)
    for (Index i = 0; i < codes.cols(); ++i)
      if (static_cast<float>(static_cast<Eigen::bfloat16>(codes(o, i))) != codes(o, i)) return false;
  return true;
}

/// Row chunks as few as exactness allows: 1, 2, 4, ... equal ones.
std::vector<Index> exact_chunks(const MatrixView& codes, int largest_input) {
  for (Index count = 1;; count *= 2) {
    const Index limit = std::max<Index>(1, codes.cols() / count);
    std::vector<Index> sizes = balanced_split(codes.cols(), limit);
    Index begin = 0;
    bool exact = true;
    for (const Index rows : sizes) {
      exact = exact && sums_are_exact(codes, begin, rows, largest_input);
      begin += rows;
    }
    if (exact) return sizes;
    AIMC_CHECK(limit > 1, "a single product beyond 2^24");
  }
}

}  // namespace

ProductType fastest_integer_type(Index weights) {
  const bool bf16 = has_amx_bf16() || (has_fast_bf16() && weights >= memory_bound);
  return bf16 ? ProductType::bf16 : ProductType::fp32;
}

IntegerProduct::IntegerProduct(MatrixView codes, int largest_input, ProductType type, Index block_columns)
    : in_(codes.cols()) {
  AIMC_CHECK(largest_input > 0 && largest_input <= 127, "input codes up to {}", largest_input);
  if (type == ProductType::bf16 && !fits_bf16(codes)) type = ProductType::fp32;
  const std::vector<Index> sizes = exact_chunks(codes, largest_input);
  if (block_columns == 0) block_columns = PackedProduct::columns_per_block(codes.rows(), sizes.front(), type);
  Index begin = 0;
  for (const Index rows : sizes) {
    chunks_.emplace_back(codes.middleCols(begin, rows), type, ProductSums::exact, block_columns);
    begin += rows;
  }
}

void IntegerProduct::multiply(const void* x, Index tokens, Index block, float* sums) const {
  AIMC_CHECK(chunks_.size() == 1, "{} chunks", chunks_.size());
  chunks_.front().multiply(x, tokens, block, sums);
}

void IntegerProduct::multiply(const void* x, Index tokens, Index block, double* sums) const {
  const auto element = element_bytes(type());
  const auto count = static_cast<std::size_t>(tokens * block_columns(block));
  std::fill_n(sums, count, 0.0);
  auto* partial = scratch<float>(Scratch::exact_sums, count);
  std::size_t begin = 0;
  for (const PackedProduct& chunk : chunks_) {
    const auto bytes = static_cast<std::size_t>(chunk.in_features()) * element;
    auto* slice = scratch<std::byte>(Scratch::chunk_input, static_cast<std::size_t>(tokens) * bytes);
    for (Index token = 0; token < tokens; ++token) {
      const auto row = static_cast<std::size_t>(token * in_) * element;
      std::memcpy(slice + static_cast<std::size_t>(token) * bytes, static_cast<const std::byte*>(x) + row + begin,
                  bytes);
    }
    chunk.multiply(slice, tokens, block, partial);
    for (std::size_t i = 0; i < count; ++i) sums[i] += static_cast<double>(partial[i]);
    begin += bytes;
  }
}

}  // namespace aimc::tiles
