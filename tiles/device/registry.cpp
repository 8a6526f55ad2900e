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

}  // namespace

std::vector<std::string> device_models() { return {names.begin(), names.end()}; }

DeviceSpec device_spec(const DeviceOptions& options) {
  check_options(options);
  if (options.model == "none") return ideal_cells();
  DeviceSpec spec = load_device(device_file(options.model));
  if (options.model == "additive" && spec.programming)
    spec.programming->sigma.pieces = {{.polynomial = {options.additive_sigma}}};
  return spec;
}

std::shared_ptr<const Device> make_device(const DeviceOptions& options) {
  return std::make_shared<CellDevice>(device_spec(options), options);
}

}  // namespace aimc::tiles
