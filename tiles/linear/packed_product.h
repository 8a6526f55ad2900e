#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tiles/linear/block_kernels.h"
#include "tiles/linear/packed_memory.h"
#include "tiles/linear/weight_rows.h"

namespace aimc::tiles {

/// Weights [out, in] packed once and cut into column blocks whose sizes depend on the shape alone; multiplies one block
/// with any number of tokens on the calling thread. A token's bits do not depend on the other tokens (BlockKernels).
class PackedProduct {
 public:
  /// Reads the weights some channels at a time; nothing of them is kept but the packed copy. For bf16 they must be bf16
  /// numbers, for int8 integers up to 127. block_columns 0: columns_per_block().
  PackedProduct(const WeightRows& weights, ProductType type, ProductSums sums, Index block_columns = 0);
  /// The same for weights in memory, whose rows may be strided.
  PackedProduct(MatrixView weights, ProductType type, ProductSums sums, Index block_columns = 0);

  [[nodiscard]] Index in_features() const { return in_; }
  [[nodiscard]] Index out_features() const { return out_; }
  [[nodiscard]] ProductType type() const { return type_; }
  [[nodiscard]] Index blocks() const { return static_cast<Index>(blocks_.size()); }
  [[nodiscard]] Index block_begin(Index block) const { return block * block_columns_; }
  [[nodiscard]] Index block_columns(Index block) const { return std::min(block_columns_, out_ - block_begin(block)); }
  /// oneDNN's name of the kernel in use.
  [[nodiscard]] const std::string& implementation() const { return blocks_.front().kernels->implementation(); }

  /// y [tokens, block_columns(block)] = x [tokens, in] W_block^T, both contiguous; x and y (fp32 or int32) in the
  /// number formats of the product. Thread-safe.
  void multiply(const void* x, Index tokens, Index block, void* y) const;

  /// Columns of a block for weights of that shape (all but the last block have it).
  static Index columns_per_block(Index out, Index in, ProductType type);

 private:
  struct Block {
    const BlockKernels* kernels = nullptr;
    std::shared_ptr<const PackedWeights> weights;
  };
  void pack(const WeightRows& weights, ProductSums sums);

  Index in_, out_, block_columns_;
  ProductType type_;
  PackedMemory memory_;
  std::vector<Block> blocks_;
};

}  // namespace aimc::tiles
