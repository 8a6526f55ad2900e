#pragma once
#include <filesystem>
#include <string>

#include "tiles/device/device.h"
#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// The file of a device: configs/devices/NAME.yaml of the user's folder (AIMCSIM_CONFIGS) or the project's, or the path
/// itself when it ends in .yaml or holds a slash. ConfigError that lists the known names when there is none.
[[nodiscard]] std::filesystem::path device_file(const std::string& name_or_path);

/// Reads and checks a device file. `based_on: NAME` puts its own keys over those of another device; `table` replaces
/// curves by measured ones. ConfigError that lists every mistake with file and line.
[[nodiscard]] DeviceSpec load_device(const std::filesystem::path& file);

/// The device that the options name, with their additive_sigma where it applies; ConfigError as above and for options
/// out of range. `none` gives ideal differential pairs.
[[nodiscard]] DeviceSpec device_spec(const DeviceOptions& options);

}  // namespace aimc::tiles
