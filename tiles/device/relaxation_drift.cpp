#include <algorithm>
#include <bit>
#include <cmath>

#include "tiles/device/hooks.h"

namespace aimc::tiles {
namespace {

/// Relaxation of CMO/HfOx cells (Falcone et al.; numerics C.4): mean and spread are linear in the logarithm of time and
/// do not depend on the conductance.
class RelaxationDrift final : public DriftHook {
 public:
  RelaxationDrift(const RelaxationSpec& spec, double scale) : spec_(spec), scale_(scale) {}

  void apply(CellBlock& block) const override {
    if (!(block.seconds > 0)) return;
    float normal[cells_per_block];
    fill_normal(block.stream("drift"), block.first, normal, block.count);
    const auto mean = static_cast<float>(shift(block.seconds)), std = static_cast<float>(sigma(0, 0, block.seconds));
    for (std::int64_t i = 0; i < block.count; ++i) block.held[i] = block.held[i] + mean + std * normal[i];
  }
  [[nodiscard]] double mean_factor(double target, double /*full_scale*/, double seconds) const override {
    return target > 0 ? 1 + shift(seconds) / target : 1;
  }
  [[nodiscard]] double sigma(double /*target*/, double /*full_scale*/, double seconds) const override {
    return seconds > 0 ? scale_ * std::max(0.0, spec_.std_per_log * log_time(seconds) + spec_.std) : 0;
  }

 private:
  [[nodiscard]] double log_time(double seconds) const { return std::log(std::max(seconds, spec_.not_before.si())); }
  [[nodiscard]] double shift(double seconds) const {
    return seconds > 0 ? scale_ * spec_.mean_per_log * log_time(seconds) : 0;
  }
  RelaxationSpec spec_;
  double scale_;
};

}  // namespace

std::unique_ptr<const DriftHook> make_relaxation_drift(const RelaxationSpec& spec, double scale) {
  return std::make_unique<RelaxationDrift>(spec, scale);
}

}  // namespace aimc::tiles
