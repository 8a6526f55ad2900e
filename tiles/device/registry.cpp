#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/check/error.h"
#include "tiles/device/cell_device.h"
#include "tiles/device/device.h"
#include "tiles/device/load_device.h"

namespace aimc::tiles {
namespace {

// To add a device: write configs/devices/NAME.yaml and docs/devices/NAME.md, add its name.
constexpr std::array names{"none",
                           "pcm",
                           "additive",
                           "pcm_like",
                           "hermes_1",
                           "hermes_2",
                           "reram_wan2022",
                           "reram_wan2022_25us",
                           "reram_cmo",
                           "reram_cmo_2percent",
                           "state_independent"};

void check_options(const DeviceOptions& options) {
  const auto check = [](double value, double highest, const char* what) {
    if (!(value >= 0 && value <= highest))
      throw ConfigError(fmt::format("{} is {}; choose a value from 0 to {}", what, value, highest));
  };
  if (options.model == "additive")
    check(options.additive_sigma, 10, "sigma of additive noise, times the channel maximum,");
  check(options.programming_scale, 1e6, "the scale of programming noise");
  check(options.read_scale, 1e6, "the scale of read noise");
  check(options.drift_scale, 1e6, "the scale of drift");
  check(options.stuck_low, 1, "the share of cells stuck low");
  check(options.stuck_high, 1, "the share of cells stuck high");
  check(options.stuck_low + options.stuck_high, 1, "the share of stuck cells");
}

/// Ideal cells in differential pairs: only faults act on them.
DeviceSpec ideal_cells() {
  DeviceSpec spec;
  spec.title = "ideal cells";
  spec.converter.g_max = 1;
  return spec;
}

// A share of the options replaces that of the file, so that two that are fine alone may be too much together.
FaultsSpec stuck_shares(const DeviceSpec& spec, const DeviceOptions& options) {
  const FaultsSpec shares{.stuck_low = options.stuck_low > 0 ? options.stuck_low : spec.faults.stuck_low,
                          .stuck_high = options.stuck_high > 0 ? options.stuck_high : spec.faults.stuck_high};
  if (shares.stuck_low + shares.stuck_high > 1)
    throw ConfigError(fmt::format(
        "'{}': with the shares of the device file, {} of the cells are stuck low and {} high: more than all of them",
        options.model, shares.stuck_low, shares.stuck_high));
  return shares;
}

}  // namespace

std::vector<std::string> device_models() { return {names.begin(), names.end()}; }

DeviceSpec device_spec(const DeviceOptions& options) {
  check_options(options);
  DeviceSpec spec = options.model == "none" ? ideal_cells() : load_device(device_file(options.model));
  spec.faults = stuck_shares(spec, options);
  if (options.model == "additive" && spec.programming)
    spec.programming->sigma.pieces = {{.polynomial = {options.additive_sigma}}};
  return spec;
}

std::shared_ptr<const Device> make_device(const DeviceOptions& options) {
  return std::make_shared<CellDevice>(device_spec(options), options);
}

}  // namespace aimc::tiles
