#include "tiles/crossbar/held_cells.h"

#include <cmath>

#include "base/parallel/parallel.h"
#include "tiles/converter/adc.h"
#include "tiles/converter/dac.h"
#include "tiles/converter/rounding.h"
#include "tiles/crossbar/weight_grid.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::tiles {
namespace {

std::uint64_t first_cell(const ArrayPlace& place, Index channel) {
  return static_cast<std::uint64_t>((place.first_column + channel) * place.rows.rows);
}

HeldCells hold_analog(MatrixView clean, const ArrayPlace& place, const TileSpec& spec,
                      const AnalogLinearOptions& options, const Programming& programming) {
  const auto rows = static_cast<std::size_t>(place.rows.rows);
  HeldCells held;
  held.reference.resize(place.columns);
  held.slices.push_back({.codes = Matrix(place.columns, place.rows.rows), .unit = weight_grid, .worth = 1});
  Matrix& codes = held.slices.front().codes;
  parallel_for(place.columns, [&](std::int64_t channel) {
    const std::span target(clean.data() + channel * clean.outerStride() + place.rows.begin, rows);
    const std::span cells(codes.data() + channel * place.rows.rows, rows);
    programming.hold(static_cast<std::size_t>(place.rows.number), place.first_column + channel, target, options.seconds,
                     cells);
    held.reference[channel] =
        to_codes(target, cells, spec.adc.scale_from, options.arithmetic == CrossbarArithmetic::grid);
  });
  return held;
}

/// Weights of one channel as integer codes, half to even (numerics A.6).
std::vector<std::int32_t> weight_codes(const float* target, Index rows, float maximum, int bits) {
  std::vector<std::int32_t> codes(static_cast<std::size_t>(rows));
  if (!(maximum > 0)) return codes;
  for (Index i = 0; i < rows; ++i)
    codes[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(
        round_half_even(static_cast<double>(target[i]) * largest_code(bits) / static_cast<double>(maximum)));
  return codes;
}

/// The level of one cell: digit `slice` of the magnitude with its sign, or of the code above its offset.
std::int32_t level_of(std::int32_t code, std::int32_t offset, int slice, int bits_per_cell) {
  const std::int32_t mask = (1 << bits_per_cell) - 1;
  const std::int32_t digit = (std::abs(code + offset) >> (slice * bits_per_cell)) & mask;
  return code + offset < 0 ? -digit : digit;
}

HeldCells hold_sliced(MatrixView clean, const ArrayPlace& place, const TileSpec& spec,
                      const AnalogLinearOptions& options, const CellSource& source) {
  const SlicingSpec& slicing = spec.slicing;
  const Index rows = place.rows.rows;
  const auto levels = static_cast<float>((1 << slicing.bits_per_cell) - 1);
  const float fine = std::exp2(std::floor(std::log2(static_cast<float>(weight_grid) / levels)));
  const std::int32_t offset = slicing.encoding == WeightEncoding::offset ? 1 << (slicing.weight_bits - 1) : 0;
  const CellCoding coding = slicing.encoding == WeightEncoding::offset ? CellCoding::one_cell : CellCoding::weight;
  HeldCells held;
  held.weight_offset = offset;
  held.reference.resize(place.columns);
  for (int slice = 0; slice < slices_per_weight(slicing); ++slice)
    held.slices.push_back({.codes = Matrix(place.columns, rows),
                           .unit = static_cast<double>(levels * fine),
                           .worth = static_cast<double>(levels) * std::ldexp(1.0, slice * slicing.bits_per_cell)});
  parallel_for(place.columns, [&](std::int64_t channel) {
    const float* target = clean.data() + channel * clean.outerStride() + place.rows.begin;
    const float maximum = largest_magnitude(target, rows);
    held.reference[channel] = maximum / static_cast<float>(largest_code(slicing.weight_bits));
    const auto codes = weight_codes(target, rows, maximum, slicing.weight_bits);
    const auto count = static_cast<std::size_t>(rows);
    std::vector<float> share(count);
    for (std::size_t s = 0; s < held.slices.size(); ++s) {
      for (std::size_t i = 0; i < count; ++i)
        share[i] = static_cast<float>(level_of(codes[i], offset, static_cast<int>(s), slicing.bits_per_cell)) / levels;
      float* cells = held.slices[s].codes.data() + channel * rows;
      if (source.device == nullptr)
        std::copy(share.begin(), share.end(), cells);
      else
        source.device->hold(
            share, {1.0F, source.key.child("slice").child(s), first_cell(place, channel), options.seconds, coding},
            {cells, count});
      to_grid_codes(cells, rows, static_cast<float>(weight_grid) / (levels * fine),
                    options.arithmetic == CrossbarArithmetic::grid);
    }
  });
  return held;
}

}  // namespace

HeldCells hold_cells(MatrixView clean, const ArrayPlace& place, const TileSpec& spec,
                     const AnalogLinearOptions& options, const CellSource& source) {
  if (spec.slicing.weight_bits > 0) return hold_sliced(clean, place, spec, options, source);
  return hold_analog(clean, place, spec, options, source.programming);
}

}  // namespace aimc::tiles
