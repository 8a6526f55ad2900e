#include <cmath>

#include "base/parallel/vector_clones.h"
#include "tiles/device/elementary.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {
namespace {

struct Exponents {
  const float *mean, *std, *normal;
};

AIMC_VECTOR_CLONES void shrink(float* held, Exponents nu, std::int64_t count, float log_time) {
  for (std::int64_t i = 0; i < count; ++i)
    held[i] *= exponential(-std::fabs(nu.mean[i] + nu.std[i] * nu.normal[i]) * log_time);
}

/// Structural relaxation of phase-change cells (Nandakumar et al., ICECS 2019): the exponent belongs to the cell and is
/// the same at all times, so a cell's conductance falls along one line over log time.
class PowerLawDrift final : public DriftHook {
 public:
  PowerLawDrift(const PowerLawSpec& spec, double scale)
      : mean_(spec.exponent_mean), std_(spec.exponent_std), t_0_(spec.t_0.si()), scale_(scale) {}

  void apply(CellBlock& block) const override {
    if (!(block.seconds > 0)) return;
    float mean[cells_per_block], std[cells_per_block], normal[cells_per_block];
    mean_.evaluate(block.target, block.count, block.full_scale, scale_, mean);
    std_.evaluate(block.target, block.count, block.full_scale, scale_, std);
    fill_normal(block.stream("drift"), block.first, normal, block.count);
    shrink(block.held, {mean, std, normal}, block.count, static_cast<float>(log_time(block.seconds)));
  }
  [[nodiscard]] double mean_factor(double target, double full_scale, double seconds) const override {
    return std::exp(-scale_ * mean_.at(target, full_scale) * log_time(seconds));
  }
  [[nodiscard]] double sigma(double target, double full_scale, double seconds) const override {
    const double spread = scale_ * std_.at(target, full_scale) * log_time(seconds);
    return target * mean_factor(target, full_scale, seconds) * spread;
  }

 private:
  [[nodiscard]] double log_time(double seconds) const { return std::log((seconds + t_0_) / t_0_); }
  Curve mean_, std_;
  double t_0_, scale_;
};

}  // namespace

std::unique_ptr<const DriftHook> make_power_law_drift(const PowerLawSpec& spec, double scale) {
  return std::make_unique<PowerLawDrift>(spec, scale);
}

std::unique_ptr<const DriftHook> make_drift(const DeviceSpec& device, double scale) {
  if (!device.drift) return nullptr;
  if (device.drift->power_law) return make_power_law_drift(*device.drift->power_law, scale);
  if (device.drift->relaxation) return make_relaxation_drift(*device.drift->relaxation, scale);
  if (!device.drift->redraw.empty()) return make_redraw_drift(device, scale);
  return nullptr;
}

}  // namespace aimc::tiles
