#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "tests/tiles/random_matrix.h"
#include "tiles/linear/float_linear.h"
#include "tiles/linear/packed_memory.h"
#include "tiles/linear/packed_product.h"

namespace aimc::tiles {
namespace {

using testing::gaussian;

class PackedBlocks : public ::testing::TestWithParam<std::tuple<ProductType, std::pair<Index, Index>>> {};
INSTANTIATE_TEST_SUITE_P(, PackedBlocks,
                         ::testing::Combine(::testing::Values(ProductType::fp32, ProductType::bf16, ProductType::int8),
                                            ::testing::Values(std::pair{512, 512}, std::pair{500, 172}, std::pair{7, 5},
                                                              std::pair{1, 1}, std::pair{33, 64}, std::pair{97, 130})));

/// Channels written here lie where oneDNN's own reorder puts them, padding included.
TEST_P(PackedBlocks, WrittenByChannelsAreThoseOfTheLibrary) {
  const auto [type, shape] = GetParam();
  const auto [in, out] = shape;
  if (type == ProductType::bf16 && !has_fast_bf16()) GTEST_SKIP() << "this CPU has no bf16 instructions";
  if (type == ProductType::int8 && !has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI instructions";
  const float largest = type == ProductType::int8 ? 127 : 256;
  Matrix weights = gaussian(out, in, 1, 60);
  weights = weights.unaryExpr([&](float v) { return std::nearbyint(std::clamp(v, -largest, largest)); });
  const BlockKernels& kernels = BlockKernels::of(type, in, out, ProductSums::exact);
  const PackedMemory written(kernels.layout().bytes), packed(kernels.layout().bytes);
  BlockWriter writer(kernels, written.data());
  const std::vector<Index> parts{16, 3, 40, 1, 16, 100, 512};
  Index first = 0;
  for (std::size_t i = 0; first < out; ++i) {
    const Index channels = std::min(parts[i], out - first);
    writer.write(weights.data() + first * in, in, first, channels);
    first += channels;
  }
  writer.finish();
  kernels.pack(weights.data(), packed.data());
  EXPECT_EQ(std::memcmp(written.data(), packed.data(), kernels.layout().bytes), 0);
}

TEST(CodePlanes, MakeUpEveryCodeTheyHold) {
  std::vector<float> codes;
  for (int code = -largest_plane_code; code <= largest_plane_code; ++code) codes.push_back(static_cast<float>(code));
  const auto count = static_cast<Index>(codes.size());
  std::vector<float> low(codes.size()), high(codes.size());
  plane_of(codes.data(), count, CodePlane::low, low.data());
  plane_of(codes.data(), count, CodePlane::high, high.data());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    ASSERT_EQ(256 * high[i] + low[i], codes[i]);
    ASSERT_LE(std::max(std::fabs(high[i]), std::fabs(low[i] + 0.5F)), 127.5F) << codes[i];  // both are int8 numbers
  }
  const auto smallest_alone = static_cast<std::size_t>(largest_plane_code - 127);
  for (std::size_t i = smallest_alone; i <= smallest_alone + 254; ++i) EXPECT_EQ(high[i], 0);
}

/// Each plane of a block where the library's reorder would put it, side by side in one product.
TEST(CodePlanes, AreWrittenSideBySide) {
  if (!has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI instructions";
  for (const auto& [in, out] : {std::pair<Index, Index>{512, 64}, {130, 45}, {3, 7}}) {
    Matrix codes = gaussian(out, in, 2, 200), planes(2 * out, in);
    codes = codes.unaryExpr([](float v) { return std::nearbyint(v); });
    for (Index o = 0; o < out; ++o) {
      for (Index i = 0; i < in; ++i) {
        planes(out + o, i) = std::floor((codes(o, i) + 128) / 256);
        planes(o, i) = codes(o, i) - 256 * planes(out + o, i);
      }
    }
    const BlockKernels& kernels = BlockKernels::of(ProductType::int8, in, 2 * out, ProductSums::exact);
    const PackedMemory written(kernels.layout().bytes), packed(kernels.layout().bytes);
    BlockWriter writer(kernels, written.data());
    writer.write(codes.data(), in, 0, out);
    writer.write(codes.data(), in, out, out, CodePlane::high);
    writer.finish();
    kernels.pack(planes.data(), packed.data());
    EXPECT_EQ(std::memcmp(written.data(), packed.data(), kernels.layout().bytes), 0) << in << " x " << out;
  }
}

/// Rows made when they are read; remembers how many were asked for.
class CountedRows final : public WeightRows {
 public:
  explicit CountedRows(Matrix weights) : weights_(std::move(weights)) {}
  [[nodiscard]] Index rows() const override { return weights_.rows(); }
  [[nodiscard]] Index cols() const override { return weights_.cols(); }
  void read(Index first, MatrixSpan to) const override {
    to = weights_.middleRows(first, to.rows());
    read_ += to.rows();
    most_ = std::max<Index>(most_, to.rows());
  }
  mutable std::atomic<Index> read_ = 0, most_ = 0;

 private:
  Matrix weights_;
};

TEST(PackedProduct, ReadsEveryChannelOnceAndFewAtATime) {
  const CountedRows rows(gaussian(700, 90, 2));
  const PackedProduct product(rows, ProductType::fp32, ProductSums::exact);
  EXPECT_EQ(rows.read_, 700);
  EXPECT_LE(rows.most_, 64);
}

TEST(PackedMemory, IsZeroedAlignedAndMovable) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{5000}, std::size_t{5} << 20}) {
    PackedMemory first(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.data()) % (bytes > 4 << 20 ? 2 << 20 : 64), 0U);
    for (std::size_t i = 0; i < bytes; i += 61) ASSERT_EQ(first.data()[i], std::byte{0});
    first.data()[bytes - 1] = std::byte{9};
    const PackedMemory second(std::move(first));
    EXPECT_EQ(second.data()[bytes - 1], std::byte{9});
    EXPECT_EQ(second.bytes(), bytes);
  }
}

}  // namespace
}  // namespace aimc::tiles
