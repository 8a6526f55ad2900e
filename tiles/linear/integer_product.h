#pragma once
#include <memory>
#include <vector>

#include "tiles/linear/packed_product.h"

namespace aimc::tiles {

/// The number format that multiplies a matrix of small integers fastest here; all give the same bits. int8 where the
/// CPU has VNNI or AMX; else bf16 where it has AMX, or AVX-512 bf16 instructions and a matrix so large (from 4 M
/// weights) that reading it costs more than multiplying it; fp32 elsewhere.
ProductType fastest_integer_type(Index weights);

/// Sums of (input code x weight code), exact whatever the kernel, its order of summation, the batch and the CPU. Where
/// the sums of a column could reach 2^24 (architecture.md, exact sums), the rows are cut into chunks whose sums cannot,
/// and the chunks are added in fp64.
class IntegerProduct {
 public:
  /// codes [out, in]: integers of magnitude up to 2^16, as fp32. Inputs are integers of magnitude up to largest_input
  /// (at most 127; + input_offset, as u8, for int8). Falls back to fp32 where a code has no form in that type.
  /// block_columns 0: PackedProduct's choice.
  IntegerProduct(MatrixView codes, int largest_input, ProductType type, Index block_columns = 0);
  /// The same for codes of magnitude up to largest_code (at most 256), read some channels at a time, and more than once
  /// where the magnitudes alone do not bound the sums.
  IntegerProduct(const WeightRows& codes, int largest_code, int largest_input, ProductType type,
                 Index block_columns = 0);

  [[nodiscard]] ProductType type() const { return chunks_.front().type(); }
  [[nodiscard]] Index in_features() const { return in_; }
  [[nodiscard]] Index out_features() const { return chunks_.front().out_features(); }
  [[nodiscard]] Index blocks() const { return chunks_.front().blocks(); }
  [[nodiscard]] Index block_begin(Index block) const { return chunks_.front().block_begin(block); }
  [[nodiscard]] Index block_columns(Index block) const { return chunks_.front().block_columns(block); }
  [[nodiscard]] const std::string& implementation() const { return chunks_.front().implementation(); }
  /// Number of row chunks; 1 means that all sums stay below 2^24, or 2^31 for int8.
  [[nodiscard]] Index chunks() const { return static_cast<Index>(chunks_.size()); }

  /// sums [tokens, block columns] of x [tokens, in] (contiguous, in type()); only where chunks() == 1, not for int8.
  void multiply(const void* x, Index tokens, Index block, float* sums) const;
  /// The same for any number of chunks.
  void multiply(const void* x, Index tokens, Index block, double* sums) const;

 private:
  void pack(const WeightRows& codes, bool surely_exact, int largest_input, ProductType type, Index block_columns);

  Index in_;
  std::vector<PackedProduct> chunks_;
  std::vector<std::vector<std::int32_t>> offsets_;  ///< [chunks] of [out], for int8
};

}  // namespace aimc::tiles
