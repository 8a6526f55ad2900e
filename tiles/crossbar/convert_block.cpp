#include "tiles/crossbar/convert_block.h"

#include "base/parallel/vector_clones.h"

namespace aimc::tiles {
namespace {

/// One token. Fast: quotients in fp32, which gives the codes of fp64 (see AdcTransfer).
template <bool Fast, class Sum>
[[gnu::always_inline]] inline std::int64_t convert_row(const AdcTransfer& adc, const Sum* sums, Index columns,
                                                       const float* scale, float range, float* y) {
  int saturated = 0;
  for (Index c = 0; c < columns; ++c) {
    if constexpr (Fast) {
      const float value = adc.value_fast(sums[c]);
      saturated += std::fabs(value) > static_cast<float>(adc.largest()) ? 1 : 0;
      y[c] += adc.code(value) * scale[c] * range;
    } else {
      const double value = adc.value(sums[c]);
      saturated += std::fabs(value) > static_cast<double>(adc.largest()) ? 1 : 0;
      y[c] += adc.code(value) * scale[c] * range;
    }
  }
  return saturated;
}

AIMC_VECTOR_CLONES std::int64_t convert_fast(AdcTransfer adc, const float* sums, Index columns, const float* scale,
                                             float range, float* y) {
  return convert_row<true>(adc, sums, columns, scale, range, y);
}
AIMC_VECTOR_CLONES std::int64_t convert_fp32(AdcTransfer adc, const float* sums, Index columns, const float* scale,
                                             float range, float* y) {
  return convert_row<false>(adc, sums, columns, scale, range, y);
}
AIMC_VECTOR_CLONES std::int64_t convert_fp64(AdcTransfer adc, const double* sums, Index columns, const float* scale,
                                             float range, float* y) {
  return convert_row<false>(adc, sums, columns, scale, range, y);
}

// One token of planes; joined, converted and added in registers.
template <bool First>
[[gnu::always_inline]] inline std::int64_t convert_planes(const AdcTransfer& adc, PlaneSums::Row sums, Index columns,
                                                          const float* scale, float range, float* y) {
  int saturated = 0;
  for (Index c = 0; c < columns; ++c) {
    const float value = adc.value_fast(static_cast<float>(sums.sum(c)));
    saturated += std::fabs(value) > static_cast<float>(adc.largest()) ? 1 : 0;
    y[c] = (First ? 0.0F : y[c]) + adc.code(value) * scale[c] * range;
  }
  return saturated;
}

AIMC_VECTOR_CLONES std::int64_t convert_first_planes(AdcTransfer adc, PlaneSums::Row sums, Index columns,
                                                     const float* scale, float range, float* y) {
  return convert_planes<true>(adc, sums, columns, scale, range, y);
}
AIMC_VECTOR_CLONES std::int64_t convert_more_planes(AdcTransfer adc, PlaneSums::Row sums, Index columns,
                                                    const float* scale, float range, float* y) {
  return convert_planes<false>(adc, sums, columns, scale, range, y);
}
AIMC_VECTOR_CLONES void join_row(PlaneSums::Row planes, Index columns, float* sums) {
  for (Index c = 0; c < columns; ++c) sums[c] = static_cast<float>(planes.sum(c));
}

template <class Sum, class Convert>
std::int64_t convert_tokens(const AdcTransfer& adc, const ColumnSums<Sum>& block, bool first_tile, Convert convert) {
  std::int64_t saturated = 0;
  for (Index token = 0; token < block.tokens; ++token) {
    float* y = block.y + token * block.y_stride;
    if (first_tile) std::fill_n(y, block.columns, 0.0F);
    saturated += convert(adc, block.sums + token * block.columns, block.columns, block.scale, block.ranges[token], y);
  }
  return saturated;
}

template <class Sum>
void scale_tokens(const ColumnSums<Sum>& block, bool first_tile) {
  for (Index token = 0; token < block.tokens; ++token) {
    float* y = block.y + token * block.y_stride;
    const Sum* sums = block.sums + token * block.columns;
    if (first_tile) std::fill_n(y, block.columns, 0.0F);
    for (Index c = 0; c < block.columns; ++c)
      y[c] += static_cast<float>(sums[c] * static_cast<Sum>(block.scale[c])) * block.ranges[token];
  }
}

}  // namespace

std::int64_t convert_block(const AdcTransfer& adc, const ColumnSums<float>& block, bool first_tile) {
  return convert_tokens(adc, block, first_tile, adc.fast() ? convert_fast : convert_fp32);
}

std::int64_t convert_block(const AdcTransfer& adc, const ColumnSums<double>& block, bool first_tile) {
  return convert_tokens(adc, block, first_tile, convert_fp64);
}

std::int64_t convert_block(const AdcTransfer& adc, const PlaneSums& sums, const ColumnSums<float>& block,
                           bool first_tile) {
  std::int64_t saturated = 0;
  const auto convert = first_tile ? convert_first_planes : convert_more_planes;
  for (Index token = 0; token < block.tokens; ++token)
    saturated += convert(adc, sums.row(token, block.columns), block.columns, block.scale, block.ranges[token],
                         block.y + token * block.y_stride);
  return saturated;
}

void join_planes(const PlaneSums& planes, Index tokens, Index columns, float* sums) {
  for (Index token = 0; token < tokens; ++token) join_row(planes.row(token, columns), columns, sums + token * columns);
}

void scale_block(const ColumnSums<float>& block, bool first_tile) { scale_tokens(block, first_tile); }

void scale_block(const ColumnSums<double>& block, bool first_tile) { scale_tokens(block, first_tile); }

}  // namespace aimc::tiles
