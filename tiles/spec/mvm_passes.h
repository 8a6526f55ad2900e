#pragma once
#include <vector>

#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Which part of an input code a pass drives.
enum class InputPart : std::uint8_t {
  whole,           ///< the signed code
  positive,        ///< codes above zero, the other rows rest
  negative,        ///< codes below zero, driven with their sign
  digit,           ///< bits of the magnitude, with the sign of the code
  unsigned_digit,  ///< bits of the two's complement code below its sign
  sign             ///< the sign bit of the two's complement code
};

/// One drive of all rows of an array.
struct InputPass {
  InputPart part = InputPart::whole;
  int lowest_bit = 0;
  int bits = 0;          ///< width; a full-scale input of the pass is 2^bits - 1
  bool is_top = false;   ///< no bits above it: takes what lies beyond the range when nothing clips
  bool converts = true;  ///< followed by a conversion; otherwise its current meets that of the next pass

  [[nodiscard]] int full_scale() const { return (1 << bits) - 1; }
  /// What one unit of the pass is worth in the input code; negative for the sign.
  [[nodiscard]] double weight() const;
};

/// The passes of one MVM in their order (numerics A.7, mv_type; ISAAC for sliced weights). input.phases repeats all of
/// them.
[[nodiscard]] std::vector<InputPass> input_passes(const TileSpec& spec);

/// Columns of cells that hold one output: 1 for analog weights. Balanced cells hold the bits of the magnitude, offset
/// cells those of the code plus 2^(weight_bits - 1).
[[nodiscard]] int slices_per_weight(const SlicingSpec& slicing);

/// Outputs that one array holds: columns / slices. With offset encoding `columns` counts single bit lines, otherwise
/// pairs of them.
[[nodiscard]] Index outputs_per_array(const TileSpec& spec);

/// Bits a converter needs to tell all sums of a sliced array of `rows` apart: rows x (2^bits_per_pass - 1) x
/// (2^bits_per_cell - 1) steps, and a sign bit if cells are balanced. For offset cells this is ISAAC's log2(rows) +
/// bits_per_pass + bits_per_cell, less one where one of the two is 1 (ISCA 2016, section V).
[[nodiscard]] int lossless_adc_bits(const SlicingSpec& slicing, Index rows);

}  // namespace aimc::tiles
