#include "tiles/linear/packed_product.h"

#include <cstring>
#include <map>
#include <mutex>
#include <tuple>

#include "base/check/check.h"
#include "base/parallel/parallel.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

/// Packed weights of a block should stay in a core's second-level cache while many tokens pass.
constexpr Index block_bytes = Index{512} << 10;
constexpr Index column_granule = 64;  ///< oneDNN packs 64 columns together
constexpr Index largest_block = 512;

std::size_t element_bytes(ProductType type) { return type == ProductType::bf16 ? 2 : 4; }

const std::byte* advance(const void* x, Index elements, ProductType type) {
  return static_cast<const std::byte*>(x) + static_cast<std::size_t>(elements) * element_bytes(type);
}

/// Numbers of many magnitudes, so that another order of summation shows in the last bits.
void fill_probe(std::vector<float>& values, std::uint32_t state) {
  for (float& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(static_cast<std::int32_t>(state)) * 0x1p-31F;
  }
}

}  // namespace

Index PackedProduct::columns_per_block(Index out, Index in, ProductType type) {
  const auto row_bytes = static_cast<Index>(element_bytes(type)) * std::max<Index>(in, 1);
  const Index fitting = block_bytes / row_bytes / column_granule * column_granule;
  return std::min(out, std::clamp(fitting, column_granule, largest_block));
}

PackedProduct::PackedProduct(MatrixView weights, ProductType type, ProductSums sums, Index block_columns)
    : in_(weights.cols()),
      out_(weights.rows()),
      block_columns_(block_columns > 0 ? block_columns : columns_per_block(out_, in_, type)),
      type_(type) {
  AIMC_CHECK(in_ > 0 && out_ > 0, "a product of weights [{}, {}]", out_, in_);
  const Index count = (out_ + block_columns_ - 1) / block_columns_;
  blocks_.resize(static_cast<std::size_t>(count));
  parallel_for(count, [&](std::int64_t i) {
    const Index columns = this->block_columns(i);
    const auto& kernels = kernels_for({type_, 0, in_, columns}, sums);
    const auto rows = weights.middleRows(block_begin(i), columns);
    const Matrix contiguous = rows.outerStride() == in_ ? Matrix() : Matrix(rows);
    blocks_[static_cast<std::size_t>(i)] = pack(kernels, contiguous.size() > 0 ? contiguous.data() : rows.data());
  });
}

Index PackedProduct::block_columns(Index block) const { return std::min(block_columns_, out_ - block_begin(block)); }

const std::string& PackedProduct::implementation() const {
  return blocks_.front().kernels->front().primitive->implementation();
}

const std::vector<PackedProduct::Kernel>& PackedProduct::kernels_for(const ProductShape& shape, ProductSums sums) {
  static std::mutex mutex;
  static std::map<std::tuple<ProductShape, ProductSums>, std::vector<Kernel>> known;
  const std::scoped_lock lock(mutex);
  const auto [place, is_new] = known.try_emplace({shape, sums});
  if (!is_new) return place->second;
  // oneDNN's AVX2 kernel works on six rows and sums a rest of one or two rows in another order, so that class sizes
  // leave no such rest; single tokens agree with themselves whatever the kernel.
  for (const std::vector<Index>& classes : {std::vector<Index>{64, 16, 4, 1}, {64, 16, 4}, {48, 12, 6}, {1}}) {
    place->second = make_kernels(shape, classes);
    if (sums == ProductSums::exact || classes == std::vector<Index>{1} || agree(place->second, shape)) break;
  }
  return place->second;
}

std::vector<PackedProduct::Kernel> PackedProduct::make_kernels(const ProductShape& shape,
                                                               const std::vector<Index>& token_classes) {
  std::vector<Kernel> kernels;
  std::size_t layouts = 0;
  for (const Index tokens : token_classes) {
    Kernel kernel{find_product_primitive({shape.type, tokens, shape.in, shape.out}), tokens, layouts};
    AIMC_CHECK(kernel.primitive != nullptr, "no matmul of {} x {}", shape.in, shape.out);
    for (const Kernel& other : kernels)
      if (kernel.primitive->same_layout(*other.primitive)) kernel.layout = other.layout;
    if (kernel.layout == layouts) ++layouts;
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

/// Multiplies probe tokens in every class and at several places of a class; true if a token's bits never change.
bool PackedProduct::agree(const std::vector<Kernel>& kernels, const ProductShape& shape) {
  const Index tokens = kernels.front().tokens;
  std::vector<float> weights(static_cast<std::size_t>(shape.in * shape.out));
  std::vector<float> x(static_cast<std::size_t>(2 * tokens * shape.in));
  fill_probe(weights, 1);
  fill_probe(x, 2);
  const Block block = pack(kernels, weights.data());
  std::vector<float> expected(static_cast<std::size_t>(tokens * shape.out)), other(expected.size());
  multiply(block, {shape.type, tokens, shape.in, shape.out}, x.data(), expected.data());
  for (const Kernel& kernel : kernels) {
    for (const Index shift : {0, 1, 5}) {
      for (Index first = shift; first < tokens; first += kernel.tokens) {
        multiply(block, {shape.type, kernel.tokens, shape.in, shape.out}, x.data() + first * shape.in, other.data());
        const auto compared = static_cast<std::size_t>(std::min(kernel.tokens, tokens - first) * shape.out);
        if (std::memcmp(other.data(), expected.data() + first * shape.out, compared * sizeof(float)) != 0) return false;
      }
    }
  }
  return true;
}

/// The largest class that the tokens fill; a nearly full class beats several small ones.
const PackedProduct::Kernel& PackedProduct::choose(const std::vector<Kernel>& kernels, Index tokens) {
  for (const Kernel& kernel : kernels)
    if (4 * tokens >= 3 * kernel.tokens) return kernel;
  return kernels.back();
}

PackedProduct::Block PackedProduct::pack(const std::vector<Kernel>& kernels, const float* weights) {
  Block block{&kernels, {}};
  for (const Kernel& kernel : kernels)
    if (kernel.layout == block.packings.size()) block.packings.push_back(kernel.primitive->pack(weights));
  return block;
}

void PackedProduct::multiply(const Block& block, const ProductShape& shape, const void* x, float* y) {
  for (Index done = 0; done < shape.tokens;) {
    const Kernel& kernel = choose(*block.kernels, shape.tokens - done);
    const Index tokens = std::min(kernel.tokens, shape.tokens - done);
    const auto& weights = *block.packings[kernel.layout];
    const std::byte* from = advance(x, done * shape.in, shape.type);
    float* to = y + done * shape.out;
    if (tokens == kernel.tokens) {
      kernel.primitive->run(from, weights, to);
    } else {  // zero tokens fill the class
      const auto bytes = static_cast<std::size_t>(shape.in) * element_bytes(shape.type);
      const auto used = static_cast<std::size_t>(tokens) * bytes;
      auto* padded = scratch<std::byte>(Scratch::padded_input, static_cast<std::size_t>(kernel.tokens) * bytes);
      auto* result = scratch<float>(Scratch::padded_output, static_cast<std::size_t>(kernel.tokens * shape.out));
      std::memcpy(padded, from, used);
      std::memset(padded + used, 0, static_cast<std::size_t>(kernel.tokens) * bytes - used);
      kernel.primitive->run(padded, weights, result);
      std::memcpy(to, result, static_cast<std::size_t>(tokens * shape.out) * sizeof(float));
    }
    done += tokens;
  }
}

void PackedProduct::multiply(const void* x, Index tokens, Index block, float* y) const {
  multiply(blocks_[static_cast<std::size_t>(block)], {type_, tokens, in_, block_columns(block)}, x, y);
}

}  // namespace aimc::tiles
