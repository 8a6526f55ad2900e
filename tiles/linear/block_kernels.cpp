#include "tiles/linear/block_kernels.h"

#include <cstring>
#include <map>
#include <mutex>
#include <tuple>

#include "base/check/check.h"
#include "tiles/linear/packed_memory.h"
#include "tiles/linear/scratch.h"

namespace aimc::tiles {
namespace {

constexpr std::size_t sum_bytes = 4;  ///< fp32 or int32

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

const BlockKernels& BlockKernels::of(ProductType type, Index in, Index columns, ProductSums sums) {
  static std::mutex mutex;
  static std::map<std::tuple<ProductType, Index, Index, ProductSums>, std::unique_ptr<const BlockKernels>> known;
  const std::scoped_lock lock(mutex);
  auto& place = known[{type, in, columns, sums}];
  if (place != nullptr) return *place;
  // oneDNN's AVX2 kernel works on six rows and sums a rest of one or two rows in another order, so that class sizes
  // leave no such rest; single tokens agree with themselves whatever the kernel.
  for (const std::vector<Index>& classes : {std::vector<Index>{64, 16, 4, 1}, {64, 16, 4}, {48, 12, 6}, {1}}) {
    place.reset(new BlockKernels({type, 0, in, columns}, classes));
    if (sums == ProductSums::exact || classes == std::vector<Index>{1} || place->agree()) break;
  }
  return *place;
}

BlockKernels::BlockKernels(const ProductShape& shape, const std::vector<Index>& token_classes) : shape_(shape) {
  for (const Index tokens : token_classes) {
    const ProductShape of_class{shape.type, tokens, shape.in, shape.out};
    auto primitive = find_product_primitive(of_class);
    // All classes read one packing, so that weights are held once.
    if (!kernels_.empty()) primitive = find_product_primitive_like(of_class, *kernels_.front().primitive);
    AIMC_CHECK(primitive != nullptr || !kernels_.empty(), "no matmul of {} x {}", shape.in, shape.out);
    if (primitive != nullptr) kernels_.push_back({std::move(primitive), tokens});
  }
}

/// Multiplies probe tokens in every class and at several places of a class; true if a token's bits never change.
bool BlockKernels::agree() const {
  const Index tokens = kernels_.front().tokens;
  std::vector<float> weights(static_cast<std::size_t>(shape_.in * shape_.out));
  std::vector<float> x(static_cast<std::size_t>(2 * tokens * shape_.in));
  fill_probe(weights, 1);
  fill_probe(x, 2);
  const PackedMemory memory(layout().bytes);
  pack(weights.data(), memory.data());
  const auto packed = at(memory.data());
  std::vector<float> expected(static_cast<std::size_t>(tokens * shape_.out)), other(expected.size());
  multiply(*packed, x.data(), tokens, expected.data());
  for (const Kernel& kernel : kernels_) {
    for (const Index shift : {0, 1, 5}) {
      for (Index first = shift; first < tokens; first += kernel.tokens) {
        multiply(*packed, x.data() + first * shape_.in, kernel.tokens, other.data());
        const auto compared = static_cast<std::size_t>(std::min(kernel.tokens, tokens - first) * shape_.out);
        if (std::memcmp(other.data(), expected.data() + first * shape_.out, compared * sizeof(float)) != 0)
          return false;
      }
    }
  }
  return true;
}

/// The largest class that the tokens fill; a nearly full class beats several small ones.
const BlockKernels::Kernel& BlockKernels::choose(Index tokens) const {
  for (const Kernel& kernel : kernels_)
    if (4 * tokens >= 3 * kernel.tokens) return kernel;
  return kernels_.back();
}

void BlockKernels::multiply(const PackedWeights& weights, const void* x, Index all_tokens, void* y) const {
  for (Index done = 0; done < all_tokens;) {
    const Kernel& kernel = choose(all_tokens - done);
    const Index tokens = std::min(kernel.tokens, all_tokens - done);
    const std::byte* from = advance(x, done * shape_.in, shape_.type);
    auto* to = static_cast<std::byte*>(y) + static_cast<std::size_t>(done * shape_.out) * sum_bytes;
    if (tokens == kernel.tokens) {
      kernel.primitive->run(from, weights, to);
    } else {  // zero tokens fill the class
      const auto bytes = static_cast<std::size_t>(shape_.in) * element_bytes(shape_.type);
      const auto used = static_cast<std::size_t>(tokens) * bytes;
      auto* padded = scratch<std::byte>(Scratch::padded_input, static_cast<std::size_t>(kernel.tokens) * bytes);
      auto* result =
          scratch<std::byte>(Scratch::padded_output, static_cast<std::size_t>(kernel.tokens * shape_.out) * sum_bytes);
      std::memcpy(padded, from, used);
      std::memset(padded + used, 0, static_cast<std::size_t>(kernel.tokens) * bytes - used);
      kernel.primitive->run(padded, weights, result);
      std::memcpy(to, result, static_cast<std::size_t>(tokens * shape_.out) * sum_bytes);
    }
    done += tokens;
  }
}

BlockWriter::BlockWriter(const BlockKernels& kernels, std::byte* to) : kernels_(kernels), to_(to) {
  const PackedLayout& layout = kernels.layout();
  if (!layout.known()) plain_.resize(static_cast<std::size_t>(layout.in * layout.out));
}

void BlockWriter::write(const float* weights, Index stride, Index first, Index channels, CodePlane plane) {
  const PackedLayout& layout = kernels_.layout();
  if (layout.known()) {
    write_channels(layout, {weights, stride, plane}, first, channels, to_);
  } else {
    for (Index c = 0; c < channels; ++c) {
      float* plain = plain_.data() + (first + c) * layout.in;
      if (layout.type == ProductType::int8) {
        plane_of(weights + c * stride, layout.in, plane, plain);
      } else {
        std::copy_n(weights + c * stride, layout.in, plain);
      }
    }
  }
}

void BlockWriter::finish() {
  if (!kernels_.layout().known()) kernels_.pack(plain_.data(), to_);
}

}  // namespace aimc::tiles
