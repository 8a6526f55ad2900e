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
constexpr int bf16_integers = 256;   ///< every integer up to here is a bf16 number
constexpr int one_plane = 127;       ///< codes up to here are int8 numbers
constexpr Index int32_rows = 65536;  ///< whose products of such codes with u8 inputs add up to less than 2^31

/// Some of the inputs of all channels. Notes what input_offset adds to each channel's sum when that is read.
class InputRange final : public WeightRows {
 public:
  InputRange(const WeightRows& all, Index begin, Index count, std::vector<std::int32_t>& offsets)
      : all_(all), begin_(begin), count_(count), offsets_(offsets) {}
  [[nodiscard]] Index rows() const override { return all_.rows(); }
  [[nodiscard]] Index cols() const override { return count_; }
  void read(Index first, MatrixSpan to) const override {
    if (count_ == all_.cols()) {
      all_.read(first, to);
    } else {
      Matrix whole(to.rows(), all_.cols());
      all_.read(first, whole);
      to = whole.middleCols(begin_, count_);
    }
    if (offsets_.empty()) return;
    for (Index c = 0; c < to.rows(); ++c)
      offsets_[static_cast<std::size_t>(first + c)] = offset_of(to.data() + c * to.outerStride(), count_);
  }

 private:
  const WeightRows& all_;
  Index begin_, count_;
  std::vector<std::int32_t>& offsets_;
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

bool fits_one_plane(const MatrixView& codes) {
  for (Index o = 0; o < codes.rows(); ++o)
    if (!codes_within(codes.data() + o * codes.outerStride(), codes.cols(), one_plane)) return false;
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

/// Adds the sums of one chunk, without what the offset of the inputs adds to them.
void add_int8(const PackedProduct& chunk, const std::int32_t* offsets, const void* x, Index tokens, Index block,
              double* sums) {
  const Index columns = chunk.block_columns(block);
  auto* partial = scratch<std::int32_t>(Scratch::exact_sums, static_cast<std::size_t>(tokens * columns));
  chunk.multiply(x, tokens, block, partial);
  for (Index token = 0; token < tokens; ++token)
    for (Index c = 0; c < columns; ++c)
      sums[token * columns + c] += static_cast<double>(partial[token * columns + c]) - static_cast<double>(offsets[c]);
}

}  // namespace

ProductType fastest_integer_type(Index weights) {
  if (has_exact_int8()) return ProductType::int8;
  const bool bf16 = has_amx_bf16() || (has_fast_bf16() && weights >= memory_bound);
  return bf16 ? ProductType::bf16 : ProductType::fp32;
}

IntegerProduct::IntegerProduct(MatrixView codes, int largest_input, ProductType type, Index block_columns)
    : in_(codes.cols()) {
  if (type == ProductType::bf16 && !fits_bf16(codes)) type = ProductType::fp32;
  if (type == ProductType::int8 && !fits_one_plane(codes)) type = ProductType::fp32;
  pack(ViewRows(codes), false, largest_input, type, block_columns);
}

IntegerProduct::IntegerProduct(const WeightRows& codes, int largest_code, int largest_input, ProductType type,
                               Index block_columns)
    : in_(codes.cols()) {
  AIMC_CHECK(largest_code > 0 && largest_code <= bf16_integers, "weight codes up to {}", largest_code);
  if (largest_code > one_plane && type == ProductType::int8) type = ProductType::fp32;
  const double bound = static_cast<double>(largest_code) * largest_input * static_cast<double>(in_);
  pack(codes, bound < exact_limit, largest_input, type, block_columns);
}

void IntegerProduct::pack(const WeightRows& codes, bool surely_exact, int largest_input, ProductType type,
                          Index block_columns) {
  AIMC_CHECK(largest_input > 0 && largest_input <= 127, "input codes up to {}", largest_input);
  const std::vector<Index> sizes = type == ProductType::int8 ? balanced_split(in_, int32_rows)
                                   : surely_exact            ? std::vector<Index>{in_}
                                                             : exact_chunks(codes, largest_input);
  if (block_columns == 0) block_columns = PackedProduct::columns_per_block(codes.rows(), sizes.front(), type);
  Index begin = 0;
  for (const Index rows : sizes) {
    auto& offsets = offsets_.emplace_back(type == ProductType::int8 ? static_cast<std::size_t>(codes.rows()) : 0);
    chunks_.emplace_back(InputRange(codes, begin, rows, offsets), type, ProductSums::exact, block_columns);
    begin += rows;
  }
}

void IntegerProduct::multiply(const void* x, Index tokens, Index block, float* sums) const {
  AIMC_CHECK(chunks_.size() == 1 && type() != ProductType::int8, "{} chunks", chunks_.size());
  chunks_.front().multiply(x, tokens, block, sums);
}

void IntegerProduct::multiply(const void* x, Index tokens, Index block, double* sums) const {
  const auto element = element_bytes(type());
  const auto count = static_cast<std::size_t>(tokens * block_columns(block));
  std::fill_n(sums, count, 0.0);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const PackedProduct& chunk = chunks_[i];
    const auto bytes = static_cast<std::size_t>(chunk.in_features()) * element;
    auto* slice = scratch<std::byte>(Scratch::chunk_input, static_cast<std::size_t>(tokens) * bytes);
    for (Index token = 0; token < tokens; ++token) {
      const auto row = static_cast<std::size_t>(token * in_) * element;
      std::memcpy(slice + static_cast<std::size_t>(token) * bytes, static_cast<const std::byte*>(x) + row + begin,
                  bytes);
    }
    begin += bytes;
    if (type() == ProductType::int8) {
      add_int8(chunk, offsets_[i].data() + block_begin(block), slice, tokens, block, sums);
      continue;
    }
    auto* partial = scratch<float>(Scratch::exact_sums, count);
    chunk.multiply(slice, tokens, block, partial);
    for (std::size_t s = 0; s < count; ++s) sums[s] += static_cast<double>(partial[s]);
  }
}

}  // namespace aimc::tiles
