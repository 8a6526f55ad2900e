#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tiles/linear/product_primitive.h"

namespace aimc::tiles {

/// Whether sums are exact in any order (integers below 2^24), so that every implementation gives the same bits.
enum class ProductSums : std::uint8_t { exact, rounded };

/// The kernels that multiply one column block of weights [columns, in], packed once, with any number of tokens. They
/// exist once per shape and process. A token's bits do not depend on the other tokens: the kernels for 1, 4, 16 and 64
/// tokens are used only where sums are exact or where they were seen to agree bit for bit.
class BlockKernels {
 public:
  static const BlockKernels& of(ProductType type, Index in, Index columns, ProductSums sums);

  [[nodiscard]] const PackedLayout& layout() const { return kernels_.front().primitive->layout(); }
  /// oneDNN's name of the kernel in use.
  [[nodiscard]] const std::string& implementation() const { return kernels_.front().primitive->implementation(); }
  /// Packs fp32 weights [columns, in] (contiguous) into layout().bytes of memory.
  void pack(const float* weights, std::byte* to) const { kernels_.front().primitive->pack(weights, to); }
  /// Names packed weights, which must outlive the result.
  [[nodiscard]] std::shared_ptr<const PackedWeights> at(std::byte* packed) const {
    return kernels_.front().primitive->at(packed);
  }
  /// y [tokens, columns] = x [tokens, in] W^T, both contiguous; x and y (fp32 or int32) in the number formats of the
  /// product. Thread-safe.
  void multiply(const PackedWeights& weights, const void* x, Index tokens, void* y) const;

 private:
  struct Kernel {
    std::shared_ptr<const ProductPrimitive> primitive;
    Index tokens = 0;
  };
  BlockKernels(const ProductShape& shape, const std::vector<Index>& token_classes);
  [[nodiscard]] bool agree() const;
  [[nodiscard]] const Kernel& choose(Index tokens) const;

  ProductShape shape_;
  std::vector<Kernel> kernels_;  ///< the largest class first
};

/// Fills the memory of one block some channels at a time.
class BlockWriter {
 public:
  BlockWriter(const BlockKernels& kernels, std::byte* to);
  /// fp32 weights [channels, in], rows `stride` apart, as channels first ...; for bf16 they must be bf16 numbers, for
  /// int8 integers, of which one plane is kept.
  void write(const float* weights, Index stride, Index first, Index channels, CodePlane plane = CodePlane::low);
  /// After the last channel.
  void finish();

 private:
  const BlockKernels& kernels_;
  std::byte* to_;
  std::vector<float> plain_;  ///< the whole block, where only oneDNN knows the layout
};

}  // namespace aimc::tiles
