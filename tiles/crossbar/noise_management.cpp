#include "tiles/crossbar/noise_management.h"

#include <algorithm>

#include "tiles/converter/dac.h"

namespace aimc::tiles {
namespace {

/// The larger of the sums of positive and of negative inputs: no column current exceeds it times the largest weight.
double larger_sum(const float* x, Index rows) {
  double positive = 0, negative = 0;
  for (Index i = 0; i < rows; ++i) (x[i] > 0 ? positive : negative) += static_cast<double>(x[i]);
  return std::max(positive, -negative);
}

}  // namespace

double coarsest_range(const TileSpec& spec) {
  return spec.periphery.bound_management_resolution * largest_code(spec.input.bits);
}

float managed_range(NoiseManagement rule, const TileSpec& spec, const float* x, Index rows) {
  const PeripherySpec& periphery = spec.periphery;
  const bool largest_value = rule == NoiseManagement::maximum;
  float range = largest_value ? *std::max_element(x, x + rows) : largest_magnitude(x, rows);
  if (periphery.noise_management_limit > 0)
    range = std::min(range, static_cast<float>(periphery.noise_management_limit));
  if (rule != NoiseManagement::positive_negative_sum) return range;
  const double safe = larger_sum(x, rows) * periphery.assumed_weight / spec.adc.out_bound;
  const double coarsest = static_cast<double>(range) * coarsest_range(spec);
  return std::max(range, static_cast<float>(std::min(safe, coarsest)));
}

}  // namespace aimc::tiles
