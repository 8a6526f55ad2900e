#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cmath>

#include "base/check/error.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {
namespace {

/// "2 days", "3600 s": as a configuration file writes it.
std::string written(double seconds) {
  const double days = seconds / 86400;
  if (days >= 1 && days == std::floor(days)) return fmt::format("{} day{}", days, days > 1 ? "s" : "");
  return fmt::format("{} s", seconds);
}

/// Cells whose distribution around the target was measured at a few times and that have no law in between (Wan et al.,
/// Nature 2022): at such a time every cell is drawn anew around its target, whatever it was programmed to.
class RedrawDrift final : public DriftHook {
 public:
  RedrawDrift(const DeviceSpec& device, double scale)
      : scale_(scale), bounds_(Bounds::of(device.limits, device.converter)) {
    if (device.programming) reference_ = device.programming->reference_maximum;
    for (const RedrawSpec& spec : device.drift.value_or(DriftSpec{}).redraw)
      sets_.push_back({spec.at.si(), Curve(spec.sigma)});
  }

  void apply(CellBlock& block) const override {
    if (!(block.seconds > 0)) return;
    check_time(block.seconds);
    float sigma[cells_per_block], normal[cells_per_block];
    find(block.seconds)->sigma.evaluate(block.target, block.count, block.full_scale, factor(block.full_scale), sigma);
    const RandomKey key = block.stream("drift").child(std::bit_cast<std::uint64_t>(block.seconds));
    fill_normal(key, block.first, normal, block.count);
    for (std::int64_t i = 0; i < block.count; ++i)
      block.held[i] = std::clamp(block.target[i] + sigma[i] * normal[i], bounds_.lowest, bounds_.highest);
  }
  [[nodiscard]] double mean_factor(double /*target*/, double /*full_scale*/, double /*seconds*/) const override {
    return 1;
  }
  [[nodiscard]] double sigma(double target, double full_scale, double seconds) const override {
    if (!(seconds > 0)) return 0;
    check_time(seconds);
    return factor(full_scale) * find(seconds)->sigma.at(target, full_scale);
  }
  void check_time(double seconds) const override {
    if (!(seconds > 0) || find(seconds) != nullptr) return;
    std::vector<std::string> times;
    for (const Set& set : sets_) times.push_back(written(set.seconds));
    throw ConfigError(fmt::format("the device has no numbers for {} after programming; it was measured at: 0 s, {}",
                                  written(seconds), fmt::join(times, ", ")));
  }

 private:
  struct Set {
    double seconds;
    Curve sigma;
  };
  [[nodiscard]] const Set* find(double seconds) const {
    for (const Set& set : sets_)
      if (std::fabs(seconds - set.seconds) <= 1e-9 * set.seconds) return &set;
    return nullptr;
  }
  [[nodiscard]] double factor(double full_scale) const {
    return reference_ ? scale_ * full_scale / *reference_ : scale_;
  }
  std::vector<Set> sets_;
  std::optional<double> reference_;
  double scale_;
  Bounds bounds_;
};

}  // namespace

std::unique_ptr<const DriftHook> make_redraw_drift(const DeviceSpec& device, double scale) {
  return std::make_unique<RedrawDrift>(device, scale);
}

}  // namespace aimc::tiles
