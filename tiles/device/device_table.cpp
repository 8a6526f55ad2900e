#include "tiles/device/device_table.h"

#include "base/check/check.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {

std::vector<CellStatistics> device_table(const DeviceSpec& device, double seconds, int points) {
  AIMC_CHECK(points >= 2, "{} points", points);
  const double full_scale = device.unit == ConductanceUnit::weight ? 1 : device.converter.g_max;
  const double lowest = device.converter.g_min;
  const auto drift = make_drift(device, 1);
  if (drift) drift->check_time(seconds);
  std::vector<CellStatistics> table;
  for (int i = 0; i < points; ++i) {
    CellStatistics row;
    const double g = row.conductance = lowest + (full_scale - lowest) * i / (points - 1);
    row.rho = g / full_scale;
    if (device.programming) {
      const ProgrammingHook programming(device, 1);
      row.programming_mean = programming.mean(g, full_scale);
      row.programming_sigma = programming.sigma(g, full_scale);
    }
    if (device.drift && device.drift->power_law) {
      row.exponent_mean = Curve(device.drift->power_law->exponent_mean).at(g, full_scale);
      row.exponent_std = Curve(device.drift->power_law->exponent_std).at(g, full_scale);
    }
    if (drift) {
      row.drift_factor = drift->mean_factor(g, full_scale, seconds);
      row.drift_sigma = drift->sigma(g, full_scale, seconds);
    }
    if (device.read_noise)
      row.relative_read_sigma =
          ReadNoiseHook(*device.read_noise, 1).relative_sigma(g, g * row.drift_factor.value_or(1), full_scale, seconds);
    table.push_back(row);
  }
  return table;
}

}  // namespace aimc::tiles
