#pragma once
#include <vector>

#include "sim/experiment/experiment_spec.h"

namespace aimc::sim {

/// The non-idealities that this deployment would feel if all were on: the converters' of analog linears, the device's
/// own, and the circuits' whose magnitude on this hardware is not zero. In the order of tiles::all_effects(). The
/// deployment's `effects` then says which of them act.
[[nodiscard]] std::vector<tiles::Effect> present_effects(const DeploymentSpec& deployment,
                                                         const HardwareSpec& hardware);

/// Whether this deployment would feel the effect, at some time after programming.
[[nodiscard]] bool has_effect(const DeploymentSpec& deployment, const HardwareSpec& hardware, tiles::Effect effect);

/// Whether the device of these options has the effect: a hook for it whose magnitude is not zero.
[[nodiscard]] bool device_has(const tiles::DeviceOptions& options, tiles::Effect effect);

/// Whether weights are held in cells that differ from ideal ones: a device, or stuck cells.
[[nodiscard]] bool has_cells(const DeploymentSpec& deployment);

/// Whether its digital linears, too, hold their rounded weights in such cells: those of a deployment whose own unit is
/// digital. Digital exceptions of other deployments are exact integers.
[[nodiscard]] bool integers_in_cells(const DeploymentSpec& deployment);

/// The deployment's device and its options, as tiles::make_device takes them.
[[nodiscard]] tiles::DeviceOptions device_options(const DeploymentSpec& deployment);

/// Whether any linear may run on such a unit (by the deployment's own unit and its rules).
[[nodiscard]] bool may_use(const DeploymentSpec& deployment, LinearUnit unit);

/// Whether any linear may have a static input range.
[[nodiscard]] bool may_have_static_ranges(const DeploymentSpec& deployment, const HardwareSpec& hardware);

}  // namespace aimc::sim
