#pragma once
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

/// Without ADC: y += sum x scale x range, where scale turns a sum of codes into units of the channel.
void scale_block(const ColumnSums<float>& block, bool first_tile);
void scale_block(const ColumnSums<double>& block, bool first_tile);

}  // namespace aimc::tiles
