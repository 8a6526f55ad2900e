#include "sim/experiment/present_effects.h"

#include <algorithm>
#include <array>

namespace aimc::sim {
namespace {

using tiles::Effect;
using tiles::PeripherySpec;

bool in_circuits(Effect effect, const PeripherySpec& circuits) {
  switch (effect) {
    case Effect::input_rounding:
    case Effect::input_clipping:
    case Effect::output_rounding:
    case Effect::output_clipping:
      return true;
    case Effect::input_noise:
      return circuits.input_noise != 0;
    case Effect::input_asymmetry:
      return circuits.input_asymmetry != 0;
    case Effect::ir_drop:
      return circuits.ir_drop != 0;
    case Effect::array_read_noise:
      return circuits.array_read_noise != 0;
    case Effect::voltage_offset:
      return circuits.voltage_offset_std != 0 || circuits.series_resistance != 0;
    case Effect::output_nonlinearity:
      return circuits.output_nonlinearity != 0;
    case Effect::output_asymmetry:
      return circuits.output_asymmetry != 0;
    case Effect::output_noise:
      return circuits.output_noise != 0;
    case Effect::column_spread:
      return circuits.gain_spread != 0 || circuits.offset_spread != 0;
    case Effect::programming_noise:
    case Effect::read_noise:
    case Effect::drift:
    case Effect::faults:
      return false;  // the device's
  }
  return false;
}

bool is_of_cells(Effect effect) {
  constexpr std::array of_cells{Effect::programming_noise, Effect::read_noise, Effect::drift, Effect::faults};
  return std::ranges::find(of_cells, effect) != of_cells.end();
}

}  // namespace

bool may_use(const DeploymentSpec& deployment, LinearUnit unit) {
  return deployment.linears == unit ||
         std::ranges::any_of(deployment.units, [&](const UnitRule& rule) { return rule.unit == unit; });
}

bool may_have_static_ranges(const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  constexpr auto static_range = tiles::InputRangeMode::static_range;
  const bool digital = hardware.digital.weight_bits < 16 &&
                       deployment.digital_inputs.value_or(hardware.digital.input_range) == static_range;
  return (may_use(deployment, LinearUnit::analog) && hardware.tile.input.range == static_range) ||
         (may_use(deployment, LinearUnit::digital) && digital);
}

bool has_cells(const DeploymentSpec& deployment) { return !is_ideal(device_options(deployment)); }

bool integers_in_cells(const DeploymentSpec& deployment) {
  return deployment.linears == LinearUnit::digital && has_cells(deployment);
}

tiles::DeviceOptions device_options(const DeploymentSpec& deployment) {
  tiles::DeviceOptions options = deployment.device;
  options.model = deployment.noise;
  options.effects = deployment.effects;
  options.additive_sigma = deployment.additive_sigma.value_or(options.additive_sigma);
  return options;
}

bool device_has(const tiles::DeviceOptions& options, Effect effect) {
  if (!is_of_cells(effect)) return false;
  // With one effect alone it either draws numbers or changes with time, if it has that effect.
  const auto device = device_of(options, tiles::Effects::only(effect));
  return device != nullptr && (device->is_random() || device->changes_with_time());
}

bool has_effect(const DeploymentSpec& deployment, const HardwareSpec& hardware, Effect effect) {
  const bool analog = may_use(deployment, LinearUnit::analog);
  if (!is_of_cells(effect)) return analog && in_circuits(effect, hardware.tile.periphery);
  const bool programmed =
      analog || may_use(deployment, LinearUnit::floating_point) || deployment.linears == LinearUnit::digital;
  return programmed && device_has(device_options(deployment), effect);
}

std::vector<Effect> present_effects(const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  std::vector<Effect> present;
  for (const Effect effect : tiles::all_effects())
    if (has_effect(deployment, hardware, effect) && (effect != Effect::drift || deployment.t_inference.si() > 0))
      present.push_back(effect);
  return present;
}

}  // namespace aimc::sim
