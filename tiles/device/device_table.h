#pragma once
#include <optional>
#include <vector>

#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// What a device does to a cell programmed to one conductance, in the unit of the device; nothing where it has no such
/// hook. Factors and shares are plain numbers.
struct CellStatistics {
  double conductance = 0, rho = 0;  ///< rho: share of the largest conductance
  std::optional<double> programming_mean, programming_sigma;
  std::optional<double> exponent_mean, exponent_std;  ///< of a power law
  std::optional<double> drift_factor;                 ///< of a cell of mean exponent
  std::optional<double> drift_sigma;                  ///< spread that drift adds
  std::optional<double> relative_read_sigma;
};

/// `points` (at least 2) evenly spaced conductances over the window of the device's cells, `seconds` after programming.
/// Throws ConfigError for a time the device has no numbers for.
[[nodiscard]] std::vector<CellStatistics> device_table(const DeviceSpec& device, double seconds, int points);

}  // namespace aimc::tiles
