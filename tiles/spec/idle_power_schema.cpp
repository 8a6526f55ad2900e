#include "tiles/spec/idle_power_schema.h"

namespace aimc::tiles {

const config::Schema<IdlePower>& idle_power_schema() {
  static const config::Schema<IdlePower> schema = [] {
    config::Schema<IdlePower> s;
    s.key("always_on", &IdlePower::always_on, "power of one idle unit whose clock runs").required();
    s.key("clock_gated", &IdlePower::clock_gated, "power of one idle unit whose clock is stopped").required();
    s.key("power_gated", &IdlePower::power_gated, "power of one idle unit whose supply is switched off").required();
    s.key("wake_latency", &IdlePower::wake_latency, "time to wake a power-gated unit")
        .required()
        .maximum(Time::from_seconds(1));
    s.check([](const IdlePower& idle, const auto& error) {
      if (idle.clock_gated > idle.always_on) error("clock_gated", "draws more than always_on");
      if (idle.power_gated > idle.clock_gated) error("power_gated", "draws more than clock_gated");
    });
    return s;
  }();
  return schema;
}

}  // namespace aimc::tiles
