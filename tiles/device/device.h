#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random/stream.h"
#include "tiles/spec/effects.h"

namespace aimc::tiles {

/// How a target lies in cells: as the device's converter does, or in one cell, 0 at its lowest conductance and the
/// maximum at its highest (sliced weights with offset encoding; targets are not negative).
enum class CellCoding : std::uint8_t { weight, one_cell };

/// One channel of one row tile whose cells are asked what they hold.
struct CellRequest {
  float maximum = 0;        ///< what the source's model scales by: max |target| of the channel (or of the row tile)
  RandomKey key;            ///< of the row tile; hooks draw from its children "programming", "drift", "read", "faults"
  std::uint64_t first = 0;  ///< number of the first cell in the row tile: channel x rows
  double seconds = 0;       ///< after programming
  CellCoding coding = CellCoding::weight;
};

/// One device technology: a converter between weights and conductances and four hooks that act on the conductances:
/// programming noise, drift, read noise, faults. A pure function of the request, whatever the thread or the order.
class Device {
 public:
  virtual ~Device() = default;
  /// held[i]: the weight that the cells of target[i] stand for, in the units of the targets.
  virtual void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Whether another seed gives other weights.
  [[nodiscard]] virtual bool is_random() const = 0;
  /// Whether request.maximum is the largest |target| of the whole row tile instead of the channel's.
  [[nodiscard]] virtual bool relative_to_tile() const { return false; }
  /// Whether the time after programming changes what the cells hold.
  [[nodiscard]] virtual bool changes_with_time() const { return false; }
  /// Throws ConfigError for a time after programming that the model has no numbers for; hold would, too.
  virtual void check_time(double /*seconds*/) const {}
};

/// What an experiment says about its devices.
struct DeviceOptions {
  std::string model = "none";        ///< a name of device_models(), or the path of a device file
  double additive_sigma = 0.05;      ///< model additive: sigma as a share of the maximum (numerics B.2)
  bool per_tile = false;             ///< sigma relative to the largest weight of the row tile, not of the channel
  Effects effects = Effects::all();  ///< of which programming_noise, read_noise, drift and faults matter here
  double programming_scale = 1, read_scale = 1, drift_scale = 1;
  /// Shares of cells stuck at their lowest and highest conductance; 0: that of the device file.
  double stuck_low = 0, stuck_high = 0;
};

/// The devices that ship with the project.
[[nodiscard]] std::vector<std::string> device_models();
/// Throws ConfigError for an unknown name or a file that is no device.
[[nodiscard]] std::shared_ptr<const Device> make_device(const DeviceOptions& options);

}  // namespace aimc::tiles
