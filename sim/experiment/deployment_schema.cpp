#include "sim/experiment/deployment_schema.h"

namespace aimc::sim {
namespace {

using config::Schema;

const std::vector<std::pair<std::string, LinearUnit>>& unit_choices() {
  static const std::vector<std::pair<std::string, LinearUnit>> choices{
      {"float", LinearUnit::floating_point}, {"digital", LinearUnit::digital}, {"analog", LinearUnit::analog}};
  return choices;
}

Schema<UnitRule> unit_schema() {
  Schema<UnitRule> s;
  s.key("match", &UnitRule::match, "Part of a linear's name (lm_head, down_proj, layers.3.), or *.").required();
  s.key("unit", &UnitRule::unit, "Unit that computes it.").choices(unit_choices()).required();
  return s;
}

Schema<tiles::DeviceOptions> device_schema() {
  using tiles::DeviceOptions;
  Schema<DeviceOptions> s;
  s.key("programming_scale", &DeviceOptions::programming_scale, "Factor on the programming noise.").range(0.0, 1000.0);
  s.key("read_scale", &DeviceOptions::read_scale, "Factor on the 1/f read noise.").range(0.0, 1000.0);
  s.key("drift_scale", &DeviceOptions::drift_scale, "Factor on the drift exponents.").range(0.0, 1000.0);
  s.key("stuck_low", &DeviceOptions::stuck_low, "Share of cells stuck at their lowest conductance.").range(0.0, 1.0);
  s.key("stuck_high", &DeviceOptions::stuck_high, "Share of cells stuck at their highest conductance.").range(0.0, 1.0);
  s.key("per_tile", &DeviceOptions::per_tile,
        "Whether noise is relative to the largest weight of the row tile instead of the channel's.");
  s.key("additive_sigma", &DeviceOptions::additive_sigma,
        "Device additive: standard deviation as a share of the maximum (numerics B.2).")
      .range(0.0, 1.0);
  s.check([](const DeviceOptions& options, const Schema<DeviceOptions>::ErrorAt& error) {
    if (options.stuck_low + options.stuck_high > 1)
      error("stuck_high", "stuck_low and stuck_high are shares of the same cells: together they must not exceed 1");
  });
  return s;
}

std::vector<std::pair<std::string, tiles::Effect>> effect_choices() {
  std::vector<std::pair<std::string, tiles::Effect>> choices;
  for (const tiles::Effect effect : tiles::all_effects()) choices.emplace_back(tiles::name(effect), effect);
  return choices;
}

void add_device_keys(Schema<DeploymentSpec>& s) {
  s.key("noise", &DeploymentSpec::noise,
        "Device that holds the weights: none (ideal), a device model by name, or the path of a device file.");
  s.section("device", &DeploymentSpec::device, device_schema(), "Options of that device.");
  s.key("additive_sigma", &DeploymentSpec::additive_sigma, "The same as device.additive_sigma.").range(0.0, 1.0);
  s.key("t_inference", &DeploymentSpec::t_inference, "Time from programming to inference, for devices that drift.");
  s.key("compensation", &DeploymentSpec::compensation,
        "Digital factors that undo drift (numerics C.5), one a tile or one a column.")
      .choices({{"none", tiles::DriftCompensation::none},
                {"per_tile", tiles::DriftCompensation::per_tile},
                {"per_column", tiles::DriftCompensation::per_column}});
  s.key("only", &DeploymentSpec::only, "The non-idealities that act, all others off; an empty list: none.")
      .choices(effect_choices());
  s.key("without", &DeploymentSpec::without, "Non-idealities that are off, all others on.").choices(effect_choices());
}

}  // namespace

Schema<DeploymentSpec> deployment_schema() {
  Schema<DeploymentSpec> s;
  s.key(
      "alias", &DeploymentSpec::alias,
      "A name of the paper: w16, w16-hwnoise, si8-w16-hwnoise-o8, si8-w4, di8-w4, si8-w4-hwnoise, di8-w4-hwnoise; must "
      "agree with the hardware.");
  s.key("label", &DeploymentSpec::label, "Printed name; without it the name is derived from what is computed.");
  s.key("checkpoint", &DeploymentSpec::checkpoint,
        "Other weights of the same shape and tokenizer (an adapted model); without it the experiment's model.");
  s.key("ranges", &DeploymentSpec::ranges,
        "Static input ranges: learned ones of the checkpoint, or calibrated as accuracy.calibration says; without it "
        "the learned ones of the weights where they have any.")
      .choices({{"checkpoint", RangeSource::checkpoint}, {"calibrated", RangeSource::calibrated}});
  s.key("linears", &DeploymentSpec::linears, "Unit that computes the linears.").choices(unit_choices());
  s.list("units", &DeploymentSpec::units, unit_schema(),
         "Exceptions by name pattern, {lm_head: digital}; the last that matches wins.");
  add_device_keys(s);
  s.key("digital_inputs", &DeploymentSpec::digital_inputs,
        "Input ranges of digital linears; without it the hardware's digital.input_range.")
      .choices({{"static", tiles::InputRangeMode::static_range}, {"dynamic", tiles::InputRangeMode::dynamic_range}});
  s.key("arithmetic", &DeploymentSpec::arithmetic,
        "grid: programmed weights on 1/256 of the channel maximum, exact sums; off_grid: fp32 as programmed.")
      .choices({{"grid", tiles::CrossbarArithmetic::grid}, {"off_grid", tiles::CrossbarArithmetic::off_grid}});
  s.key("kernel", &DeploymentSpec::kernel, "Kernel of the analog product; all give the same ADC codes.")
      .choices({{"automatic", tiles::CrossbarKernel::automatic},
                {"int8", tiles::CrossbarKernel::int8},
                {"bf16", tiles::CrossbarKernel::bf16},
                {"fp32", tiles::CrossbarKernel::fp32}});
  return s;
}

}  // namespace aimc::sim
