#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/tensor/matrix.h"
#include "tiles/linear/product_primitive.h"

namespace aimc::tiles {

/// Whether sums are exact in any order (integers below 2^24), so that every implementation gives the same bits.
enum class ProductSums : std::uint8_t { exact, rounded };

/// Weights [out, in] packed once and cut into column blocks whose sizes depend on the shape alone; multiplies one block
/// with any number of tokens on the calling thread. A token's bits do not depend on the other tokens: the kernels for
/// 1, 4, 16 and 64 tokens are used only where sums are exact or where they were seen to agree bit for bit.
class PackedProduct {
 public:
  /// weights may have strided rows; nothing of them is kept but the packed copy. block_columns 0: columns_per_block().
  PackedProduct(MatrixView weights, ProductType type, ProductSums sums, Index block_columns = 0);

  [[nodiscard]] Index in_features() const { return in_; }
  [[nodiscard]] Index out_features() const { return out_; }
  [[nodiscard]] ProductType type() const { return type_; }
  [[nodiscard]] Index blocks() const { return static_cast<Index>(blocks_.size()); }
  [[nodiscard]] Index block_begin(Index block) const { return block * block_columns_; }
  [[nodiscard]] Index block_columns(Index block) const;
  /// oneDNN's name of the kernel in use.
  [[nodiscard]] const std::string& implementation() const;

  /// y [tokens, block_columns(block)] = x [tokens, in] W_block^T, both contiguous; x in the number format of the
  /// product. Thread-safe.
  void multiply(const void* x, Index tokens, Index block, float* y) const;

  /// Columns of a block for weights of that shape (all but the last block have it).
  static Index columns_per_block(Index out, Index in, ProductType type);

 private:
  struct Kernel {
    std::shared_ptr<const ProductPrimitive> primitive;
    Index tokens = 0;
    std::size_t layout = 0;  ///< which of a block's packings it reads
  };
  struct Block {
    const std::vector<Kernel>* kernels = nullptr;
    std::vector<std::shared_ptr<const PackedWeights>> packings;
  };
  static const std::vector<Kernel>& kernels_for(const ProductShape& shape, ProductSums sums);
  static std::vector<Kernel> make_kernels(const ProductShape& shape, const std::vector<Index>& token_classes);
  static bool agree(const std::vector<Kernel>& kernels, const ProductShape& shape);
  static const Kernel& choose(const std::vector<Kernel>& kernels, Index tokens);
  static Block pack(const std::vector<Kernel>& kernels, const float* weights);
  static void multiply(const Block& block, const ProductShape& shape, const void* x, float* y);

  Index in_, out_, block_columns_;
  ProductType type_;
  std::vector<Block> blocks_;
};

}  // namespace aimc::tiles
