#pragma once
#include <filesystem>

#include "base/config/diagnostics.h"
#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// Reads measured curves from a CSV file and puts them in the place of the device's own. A header names the columns:
/// `conductance` (ascending, in the unit of the device, covering its window) and any of `mean` and `sigma` (of
/// programming, same unit), `drift_exponent_mean`, `drift_exponent_std`, `relative_read_noise` (share of the
/// conductance); lines that start with # are comments. Linear between rows. Measured read noise holds at all times
/// unless it is read_noise_grows, from the device file's own t_read. Every mistake goes to the diagnostics with file
/// and line.
void apply_cell_table(const std::filesystem::path& file, DeviceSpec& device, bool read_noise_grows,
                      config::Diagnostics& diagnostics);

}  // namespace aimc::tiles
