#pragma once
#include <cstdint>

#include "tiles/converter/adc.h"

namespace aimc::tiles {

/// Column sums of one row tile for some tokens and a block of columns, and where their scaled codes are added.
template <class Sum>
struct ColumnSums {
  const Sum* sums = nullptr;  ///< [tokens, columns]
  Index tokens = 0, columns = 0;
  const float* scale = nullptr;   ///< [columns]: out_bound / largest code x channel reference
  const float* ranges = nullptr;  ///< [tokens]: input ranges
  float* y = nullptr;             ///< [tokens, columns], rows y_stride apart
  Index y_stride = 0;
};

/// ADC, affine and accumulate of a block in one pass: y += code x scale x range (numerics A.3, A.2 step 9). The first
/// row tile writes instead of adding. Returns how many conversions saturated.
std::int64_t convert_block(const AdcTransfer& adc, const ColumnSums<float>& block, bool first_tile);
/// The same for sums that fp32 cannot hold.
std::int64_t convert_block(const AdcTransfer& adc, const ColumnSums<double>& block, bool first_tile);

/// Sums of int8 products: with two planes of weight codes and inputs that are input codes + input_offset,
/// sum = 256 high + low - offset, in any order modulo 2^32 (packed_layout.h).
struct PlaneSums {
  /// Of one token.
  struct Row {
    const std::int32_t *low, *high, *offset;  ///< [columns]
    [[nodiscard, gnu::always_inline]] std::int32_t sum(Index c) const {
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(low[c]) + (static_cast<std::uint32_t>(high[c]) << 8) -
                                       static_cast<std::uint32_t>(offset[c]));
    }
  };
  const std::int32_t* planes = nullptr;  ///< [tokens, 2 x columns]: low ones, then high ones
  const std::int32_t* offset = nullptr;  ///< [columns]: input_offset x sum of the weight codes
  [[nodiscard]] Row row(Index token, Index columns) const {
    const std::int32_t* low = planes + token * 2 * columns;
    return {low, low + columns, offset};
  }
};
/// The same for sums of int8 products, which take the place of block.sums; only where adc.fast().
std::int64_t convert_block(const AdcTransfer& adc, const PlaneSums& sums, const ColumnSums<float>& block,
                           bool first_tile);
/// Joins planes: sums [tokens, columns], below 2^24.
void join_planes(const PlaneSums& planes, Index tokens, Index columns, float* sums);

/// Without ADC: y += sum x scale x range, where scale turns a sum of codes into units of the channel.
void scale_block(const ColumnSums<float>& block, bool first_tile);
void scale_block(const ColumnSums<double>& block, bool first_tile);

}  // namespace aimc::tiles
