#include <bit>
#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {
namespace {

AIMC_VECTOR_CLONES void add_relative(float* held, const float* sigma, const float* normal, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) held[i] = held[i] + std::fabs(held[i]) * sigma[i] * normal[i];
}
AIMC_VECTOR_CLONES void add_absolute(float* held, const float* sigma, const float* normal, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) held[i] = held[i] + (sigma[i] > 0 ? sigma[i] : 0.0F) * normal[i];
}

}  // namespace

ReadNoiseHook::ReadNoiseHook(const ReadNoiseSpec& spec, double scale) : t_0_(spec.t_0.si()), scale_(scale) {
  if (spec.t_read) t_read_ = spec.t_read->si();
  if (spec.relative_sigma) relative_ = Curve(*spec.relative_sigma);
  if (spec.sigma) absolute_ = Curve(*spec.sigma);
}

double ReadNoiseHook::growth(double seconds) const {
  if (!changes_with_time()) return 1;
  const double logarithm = std::log((seconds + t_0_ + t_read_) / (2 * t_read_));
  return logarithm > 0 ? std::sqrt(logarithm) : 0;
}

double ReadNoiseHook::relative_sigma(double programmed, double drifted, double full_scale, double seconds) const {
  const double growing = scale_ * growth(seconds);
  if (!relative_.empty()) return growing * relative_.at(programmed, full_scale);
  return drifted > 0 ? growing * std::max(0.0, absolute_.at(drifted, full_scale)) / drifted : 0;
}

void ReadNoiseHook::apply(CellBlock& block) const {
  const double growing = scale_ * growth(block.seconds);
  if (!(growing > 0)) return;
  float sigma[cells_per_block], normal[cells_per_block];
  const RandomKey key = block.stream("read").child(std::bit_cast<std::uint64_t>(block.seconds));
  fill_normal(key, block.first, normal, block.count);
  if (!relative_.empty()) {
    relative_.evaluate(block.programmed, block.count, block.full_scale, growing, sigma);
    add_relative(block.held, sigma, normal, block.count);
  } else {
    absolute_.evaluate(block.held, block.count, block.full_scale, growing, sigma);
    add_absolute(block.held, sigma, normal, block.count);
  }
}

}  // namespace aimc::tiles
