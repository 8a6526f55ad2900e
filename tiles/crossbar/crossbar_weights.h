#pragma once
#include <functional>

#include "tiles/crossbar/convert_block.h"
#include "tiles/crossbar/programming.h"
#include "tiles/linear/block_kernels.h"
#include "tiles/linear/packed_memory.h"

namespace aimc::tiles {

/// Codes of all row tiles of a layer, programmed and packed some channels at a time: a whole matrix never exists in
/// fp32. Each column block's row tiles lie one after another, in the order in which they are read.
class CrossbarWeights {
 public:
  struct Options {
    ProductType type = ProductType::fp32;
    bool on_grid = true;
    int largest_input = 127;  ///< magnitude of an input code
    AdcScaleSource scale_from = AdcScaleSource::target;
    double seconds = 0;  ///< after programming
  };
  /// Called on each channel of a row tile (tile, channel, target [rows], codes [rows]) when it is programmed; from
  /// several threads, and again for channels whose sums need chunks.
  using Observer = std::function<void(std::size_t, Index, std::span<const float>, std::span<const float>)>;

  CrossbarWeights(const WeightRows& weights, const Programming& programming, const Options& options,
                  const Observer& observer = {});

  [[nodiscard]] Index blocks() const { return (out_ + block_columns_ - 1) / block_columns_; }
  [[nodiscard]] Index block_begin(Index block) const { return block * block_columns_; }
  [[nodiscard]] Index block_columns(Index block) const { return std::min(block_columns_, out_ - block_begin(block)); }
  [[nodiscard]] const std::string& implementation() const;
  /// Channel references [out] of a row tile (to_codes).
  [[nodiscard]] const Vector& reference(std::size_t tile) const { return references_[tile]; }

  /// Whether sums of that tile and block may reach 2^24, where fp32 ends to be exact: then they are added in fp64, in
  /// chunks of rows that cannot.
  [[nodiscard]] bool wide(std::size_t tile, Index block) const { return unit(tile, block).chunks.size() > 1; }
  /// False: some code is beyond what int8 planes hold, and the sums are wrong. Codes a hundred times the channel's
  /// reference are no array's; choose another number format for them.
  [[nodiscard]] bool fits() const { return fits_; }
  /// sums [tokens, block columns] of input codes x [tokens, rows] in the number format of the product.
  void multiply(std::size_t tile, Index block, const void* x, Index tokens, float* sums) const;
  void multiply(std::size_t tile, Index block, const void* x, Index tokens, double* sums) const;
  /// The same, not yet joined, for int8: in `planes` [tokens, 2 x block columns].
  PlaneSums multiply_planes(std::size_t tile, Index block, const void* x, Index tokens, std::int32_t* planes) const;

 private:
  struct Chunk {
    const BlockKernels* kernels = nullptr;
    Index begin = 0, rows = 0;  ///< within the row tile
    std::byte* memory = nullptr;
    std::shared_ptr<const PackedWeights> weights;
    std::vector<std::int32_t> offset;  ///< [block columns], for int8 (PlaneSums)
  };
  /// A column block of a row tile.
  struct Unit {
    std::vector<Chunk> chunks;
    bool exact = true;
    bool fits = true;
  };
  [[nodiscard]] Index planes() const { return options_.type == ProductType::int8 ? 2 : 1; }
  struct Source;  ///< what programming needs and the products do not

  [[nodiscard]] const Unit& unit(std::size_t tile, Index block) const {
    return units_[static_cast<std::size_t>(block) * references_.size() + tile];
  }
  Unit& unit(std::size_t tile, Index block) {
    return units_[static_cast<std::size_t>(block) * references_.size() + tile];
  }
  [[nodiscard]] Index chunks_of(const Source& source, std::size_t tile) const;
  [[nodiscard]] std::size_t cut(Unit& unit, Index rows, Index columns, Index chunks) const;
  static void place(Unit& unit, std::byte* memory);
  void program(const Source& source, Index block, std::size_t first_tile, std::size_t tiles);
  void multiply_chunk(const Chunk& chunk, Index columns, const void* x, Index tokens, float* sums) const;
  void program_wide_units(const Source& source);

  Index out_, block_columns_;
  Options options_;
  bool fits_ = true;
  std::vector<Vector> references_;  ///< [row tiles] of [out]
  std::vector<Unit> units_;         ///< block by block, tile by tile
  std::vector<PackedMemory> memories_;
};

}  // namespace aimc::tiles
