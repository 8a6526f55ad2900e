#include "tiles/crossbar/drift_compensation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check/check.h"
#include "tiles/converter/rounding.h"

namespace aimc::tiles {
namespace {

constexpr double smallest_mean = 1e-4;  // as in the reference, so that columns of zeros keep their factor

double factor(double before, double now) { return std::max(before, smallest_mean) / std::max(now, smallest_mean); }

}  // namespace

OneHotProbe::OneHotProbe(const TileSpec& spec, bool converts)
    : adc_(spec.input.bits, spec.adc),
      converts_(converts),
      drive_(largest_code(spec.input.bits)),
      step_(spec.adc.out_bound / adc_.largest()) {}

double OneHotProbe::mean_magnitude(const float* codes, Index rows, float reference) const {
  double sum = 0;  // of integers where the ADC rounds
  for (Index row = 0; row < rows; ++row) {
    const double value = adc_.value(drive_ * static_cast<double>(codes[row]));
    sum += std::fabs(converts_ ? static_cast<double>(adc_.code(value)) : value);
  }
  return sum / static_cast<double>(rows) * step_ * static_cast<double>(reference);
}

Vector compensation_factors(DriftCompensation mode, const std::vector<Index>& column_tiles, const Vector& before,
                            const Vector& now) {
  AIMC_CHECK(before.size() == now.size(), "{} and {} columns", before.size(), now.size());
  Vector factors = Vector::Ones(before.size());
  if (mode == DriftCompensation::per_column) {
    for (Index column = 0; column < before.size(); ++column)
      factors[column] =
          static_cast<float>(factor(static_cast<double>(before[column]), static_cast<double>(now[column])));
  } else if (mode == DriftCompensation::per_tile) {
    Index first = 0;
    for (const Index columns : column_tiles.empty() ? std::vector<Index>{before.size()} : column_tiles) {
      const auto mean = [&](const Vector& of) {
        double sum = 0;
        for (Index column = first; column < first + columns; ++column) sum += static_cast<double>(of[column]);
        return sum / static_cast<double>(columns);
      };
      factors.segment(first, columns).setConstant(static_cast<float>(factor(mean(before), mean(now))));
      first += columns;
    }
  }
  return factors;
}

CompensationProbe::CompensationProbe(const TileSpec& spec, const AnalogLinearOptions& options, Programming programming,
                                     Index out)
    : probe_(spec, options.effects.has(Effect::output_rounding) || options.effects.has(Effect::output_clipping)),
      options_(options),
      scale_from_(spec.adc.scale_from),
      programming_(std::move(programming)),
      before_(programming_.tiles().size(), Vector(out)),
      now_(before_) {}

void CompensationProbe::observe(std::size_t tile, Index channel, std::span<const float> target,
                                std::span<const float> codes) {
  const auto rows = static_cast<Index>(target.size());
  now_[tile][channel] = static_cast<float>(probe_.mean_magnitude(codes.data(), rows, 1));
  std::vector<float> fresh(target.size());
  programming_.hold(tile, channel, target, 0, fresh);
  const bool on_grid = options_.arithmetic == CrossbarArithmetic::grid;
  const float reference = to_codes(target, fresh, scale_from_, on_grid);
  before_[tile][channel] = static_cast<float>(probe_.mean_magnitude(fresh.data(), rows, 1)) * reference;
}

Vector CompensationProbe::factors(std::size_t tile, const Vector& reference) const {
  const Vector now = now_[tile].cwiseProduct(reference);
  return compensation_factors(options_.compensation, options_.column_tiles, before_[tile], now);
}

std::int64_t compensation_reads(const AnalogLinearOptions& options) {
  if (options.compensation == DriftCompensation::none) return 0;
  const Index rows = std::accumulate(options.row_tiles.begin(), options.row_tiles.end(), Index{0});
  return 2 * rows * std::max<Index>(1, static_cast<Index>(options.column_tiles.size()));
}

}  // namespace aimc::tiles
