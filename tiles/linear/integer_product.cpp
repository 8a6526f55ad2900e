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

constexpr Index channels_per_read = 16;
constexpr int bf16_integers = 256;  ///< every integer up to here is a bf16 number

/// Some of the inputs of all channels.
class InputRange final : public WeightRows {
 public:
  InputRange(const WeightRows& all, Index begin, Index count) : all_(all), begin_(begin), count_(count) {}
  [[nodiscard]] Index rows() const override { return all_.rows(); }
  [[nodiscard]] Index cols() const override { return count_; }
  void read(Index first, MatrixSpan to) const override {
    if (count_ == all_.cols()) return all_.read(first, to);
    Matrix whole(to.rows(), all_.cols());
    all_.read(first, whole);
    to = whole.middleCols(begin_, count_);
  }

 private:
  const WeightRows& all_;
  Index begin_, count_;
};

/// Whether no sum over a chunk of rows can reach the limit, in any order and at any intermediate step.
bool sums_are_exact(const WeightRows& codes, const std::vector<Index>& sizes, int largest_input) {
  Matrix some(std::min(channels_per_read, codes.rows()), codes.cols());
  for (Index first = 0; first < codes.rows(); first += some.rows()) {
    const Index channels = std::min(some.rows(), codes.rows() - first);
    codes.read(first, some.topRows(channels));
    Index begin = 0;
    for (const Index rows : sizes) {
      const auto chunk = some.block(0, begin, channels, rows).cast<double>().cwiseAbs();
      if (chunk.rowwise().sum().maxCoeff() * largest_input >= exact_limit) return false;
      begin += rows;
    }
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
std::vector<Index> exact_chunks(const WeightRows& codes, int largest_input) {
  for (Index count = 1;; count *= 2) {
    const Index limit = std::max<Index>(1, codes.cols() / count);
    std::vector<Index> sizes = balanced_split(codes.cols(), limit);
    if (sums_are_exact(codes, sizes, largest_input)) return sizes;
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
  if (type == ProductType::bf16 && !fits_bf16(codes)) type = ProductType::fp32;
  pack(ViewRows(codes), false, largest_input, type, block_columns);
}

IntegerProduct::IntegerProduct(const WeightRows& codes, int largest_code, int largest_input, ProductType type,
                               Index block_columns)
    : in_(codes.cols()) {
  AIMC_CHECK(largest_code > 0 && largest_code <= bf16_integers, "weight codes up to {}", largest_code);
  const double bound = static_cast<double>(largest_code) * largest_input * static_cast<double>(in_);
  pack(codes, bound < exact_limit, largest_input, type, block_columns);
}

void IntegerProduct::pack(const WeightRows& codes, bool surely_exact, int largest_input, ProductType type,
                          Index block_columns) {
  AIMC_CHECK(largest_input > 0 && largest_input <= 127, "input codes up to {}", largest_input);
  const std::vector<Index> sizes = surely_exact ? std::vector<Index>{in_} : exact_chunks(codes, largest_input);
  if (block_columns == 0) block_columns = PackedProduct::columns_per_block(codes.rows(), sizes.front(), type);
  Index begin = 0;
  for (const Index rows : sizes) {
    chunks_.emplace_back(InputRange(codes, begin, rows), type, ProductSums::exact, block_columns);
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
