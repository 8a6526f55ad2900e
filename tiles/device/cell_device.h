#pragma once
#include <memory>
#include <optional>
#include <string>

#include "tiles/device/conductance_converter.h"
#include "tiles/device/device.h"
#include "tiles/device/device_spec.h"
#include "tiles/device/hooks.h"

namespace aimc::tiles {

/// A device as its description says: a converter and the hooks that act.
class CellDevice final : public Device {
 public:
  /// As device_spec gives it: of the options, model only names the device, and the stuck shares are those of spec.
  CellDevice(const DeviceSpec& spec, const DeviceOptions& options);
  void hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const override;
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool is_random() const override;
  [[nodiscard]] bool relative_to_tile() const override { return per_tile_; }
  [[nodiscard]] bool changes_with_time() const override;
  void check_time(double seconds) const override;

 private:
  [[nodiscard]] bool acts(double seconds) const;
  /// The conductances after all hooks that act: block.programmed or block.held.
  const float* apply_hooks(CellBlock& block) const;

  std::string name_;
  bool per_tile_;
  std::unique_ptr<const ConductanceConverter> converter_, level_converter_;  ///< CellCoding::weight, one_cell
  std::optional<ProgrammingHook> programming_;
  std::unique_ptr<const DriftHook> drift_;
  std::optional<ReadNoiseHook> read_noise_;
  std::optional<FaultHook> faults_;
  Bounds bounds_;
};

}  // namespace aimc::tiles
