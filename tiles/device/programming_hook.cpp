#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {
namespace {

/// Of each cell.
struct Distribution {
  const float *target, *mean, *sigma;
};

/// programmed holds one normal a cell and becomes conductances. A weight of the signed fit sits in one device or in
/// two, never in both ways, so one normal a cell is the source's two independent draws.
AIMC_VECTOR_CLONES void program(Distribution of, std::int64_t count, float dead_zone, Bounds bounds,
                                float* programmed) {
  const float *target = of.target, *mean = of.mean, *sigma = of.sigma;
  for (std::int64_t i = 0; i < count; ++i) {
    const float noisy = mean[i] + sigma[i] * programmed[i];
    const float raised = noisy < bounds.lowest ? bounds.lowest : noisy;
    const float held = raised > bounds.highest ? bounds.highest : raised;
    programmed[i] = std::fabs(target[i]) < dead_zone ? 0.0F : held;
  }
}

}  // namespace

ProgrammingHook::ProgrammingHook(const DeviceSpec& device, double scale)
    : ProgrammingHook(device.programming.value_or(ProgrammingSpec{}), device.converter, scale) {}

ProgrammingHook::ProgrammingHook(const ProgrammingSpec& spec, const ConverterSpec& converter, double scale)
    : sigma_(spec.sigma),
      reference_(spec.reference_maximum),
      scale_(scale),
      dead_zone_(static_cast<float>(spec.dead_zone)),
      bounds_(Bounds::of(spec.limits, converter)) {
  if (spec.mean) mean_ = Curve(*spec.mean);
}

double ProgrammingHook::factor(double full_scale) const {
  return reference_ ? scale_ * (full_scale / *reference_) : scale_;
}

double ProgrammingHook::mean(double target, double full_scale) const {
  return mean_.empty() ? target : mean_.at(target, full_scale);
}

double ProgrammingHook::sigma(double target, double full_scale) const {
  return std::fabs(target) < static_cast<double>(dead_zone_) ? 0 : factor(full_scale) * sigma_.at(target, full_scale);
}

void ProgrammingHook::apply(CellBlock& block) const {
  float sigma[cells_per_block], mean[cells_per_block];
  fill_normal(block.stream("programming"), block.first, block.programmed, block.count);
  sigma_.evaluate(block.target, block.count, block.full_scale, factor(block.full_scale), sigma);
  if (!mean_.empty()) {
    mean_.evaluate(block.target, block.count, block.full_scale, 1, mean);
    for (std::int64_t i = 0; i < block.count; ++i) mean[i] = std::copysign(mean[i], block.target[i]);
  }
  program({block.target, mean_.empty() ? block.target : mean, sigma}, block.count, dead_zone_, bounds_,
          block.programmed);
}

}  // namespace aimc::tiles
