#include "sim/experiment/deployment_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/units/duration.h"
#include "sim/experiment/present_effects.h"

namespace aimc::sim {
namespace {

using tiles::Effect;

struct Alias {
  const char* name;
  LinearUnit unit;
  const char* noise;
  tiles::InputRangeMode range;
  int input_bits, weight_bits, output_bits;  // 0: the name does not say
};

constexpr auto static_range = tiles::InputRangeMode::static_range;
constexpr auto dynamic_range = tiles::InputRangeMode::dynamic_range;

// numerics B.3, "config names".
constexpr std::array<Alias, 7> aliases{{
    {"w16", LinearUnit::floating_point, "none", static_range, 0, 0, 0},
    {"w16-hwnoise", LinearUnit::floating_point, "pcm", static_range, 0, 0, 0},
    {"si8-w16-hwnoise-o8", LinearUnit::analog, "pcm", static_range, 8, 16, 8},
    {"si8-w4", LinearUnit::digital, "none", static_range, 8, 4, 0},
    {"di8-w4", LinearUnit::digital, "none", dynamic_range, 8, 4, 0},
    {"si8-w4-hwnoise", LinearUnit::digital, "pcm", static_range, 8, 4, 0},
    {"di8-w4-hwnoise", LinearUnit::digital, "pcm", dynamic_range, 8, 4, 0},
}};

// Without slices the cells hold the weights as stored.
int weight_bits_of(const tiles::TileSpec& tile) { return tile.slicing.weight_bits > 0 ? tile.slicing.weight_bits : 16; }

std::optional<std::string> mismatch(const Alias& alias, const char* what, const char* key, int named, int actual) {
  if (named == 0 || named == actual) return std::nullopt;
  return fmt::format(
      "'{}' names {} {} bits but {} is {}; write the deployment as a mapping (for example "
      "{{linears: analog, noise: pcm}}) so that its name follows the hardware",
      alias.name, named, what, key, actual);
}

std::optional<std::string> check_bits(const Alias& alias, const HardwareSpec& hardware) {
  const bool analog = alias.unit == LinearUnit::analog;
  const auto& digital = hardware.digital;
  if (auto m = mismatch(alias, "input", analog ? "hardware.tile.input.bits" : "hardware.digital.input_bits",
                        alias.input_bits, analog ? hardware.tile.input.bits : digital.input_bits))
    return m;
  if (auto m = mismatch(alias, "weight", analog ? "hardware.tile.slicing.weight_bits" : "hardware.digital.weight_bits",
                        alias.weight_bits, analog ? weight_bits_of(hardware.tile) : digital.weight_bits))
    return m;
  if (auto m = mismatch(alias, "output", "hardware.tile.adc.bits", alias.output_bits, hardware.tile.adc.bits)) return m;
  if (analog && hardware.tile.input.range != alias.range)
    return fmt::format("'{}' means static input ranges but hardware.tile.input.range is dynamic", alias.name);
  return std::nullopt;
}

// "-1day", "-90s".
std::string time_part(double seconds) {
  if (seconds == 0) return "";
  const auto [count, unit] = whole_duration(seconds);
  return fmt::format("-{}{}", count, unit);
}

// A name without what CSV cells and file names do not take.
std::string cell(std::string name) {
  std::ranges::replace_if(name, [](char c) { return c == ',' || c == '"' || c == ' ' || c == '\n' || c == '\r'; }, '_');
  return name;
}

std::string options_part(const tiles::DeviceOptions& device) {
  std::string text;
  const auto add = [&](const char* name, double value, double usual) {
    if (value != usual) text += fmt::format("_{}{}", name, value);
  };
  add("program", device.programming_scale, 1);
  add("read", device.read_scale, 1);
  add("drift", device.drift_scale, 1);
  add("stuck_low", device.stuck_low, 0);
  add("stuck_high", device.stuck_high, 0);
  return device.per_tile ? text + "_per_tile" : text;
}

bool acts(const DeploymentSpec& d, std::initializer_list<Effect> any_of) {
  return std::ranges::any_of(any_of, [&](Effect effect) { return d.effects.has(effect); });
}

std::string device_part(const DeploymentSpec& d) {
  if (d.noise == "none") return "ideal";  // with stuck cells
  if (d.noise == "pcm") return "hwnoise";
  if (d.noise == "additive") return fmt::format("additive{}", device_options(d).additive_sigma);
  return d.noise.find('/') == std::string::npos ? d.noise : cell(std::filesystem::path(d.noise).stem().string());
}

const char* compensation_part(tiles::DriftCompensation compensation) {
  switch (compensation) {
    case tiles::DriftCompensation::none:
      return "";
    case tiles::DriftCompensation::per_tile:
      return "-gdc";
    case tiles::DriftCompensation::per_column:
      return "-gdc_column";
  }
  return "";
}

bool cells_act(const DeploymentSpec& d) {
  return has_cells(d) && acts(d, {Effect::programming_noise, Effect::read_noise, Effect::drift, Effect::faults});
}

std::string noise_part(const DeploymentSpec& d) {
  if (!cells_act(d)) return "";
  return "-" + device_part(d) + options_part(d.device) + time_part(d.t_inference.si()) +
         compensation_part(d.compensation);
}

std::string analog_part(const DeploymentSpec& d, const tiles::TileSpec& tile) {
  const bool input = acts(d, {Effect::input_rounding, Effect::input_clipping});
  const bool output = acts(d, {Effect::output_rounding, Effect::output_clipping});
  std::string name;
  if (input) name = fmt::format("{}{}-", tile.input.range == dynamic_range ? "di" : "si", tile.input.bits);
  name += fmt::format("w{}", weight_bits_of(tile));
  if (!input && !output) name += "-analog";  // or it would look like the float one
  name += noise_part(d);
  return output ? name + fmt::format("-o{}", tile.adc.bits) : name;
}

std::string main_part(const DeploymentSpec& d, const HardwareSpec& hardware) {
  if (d.linears == LinearUnit::floating_point) return "w16" + noise_part(d);
  if (d.linears == LinearUnit::analog) return analog_part(d, hardware.tile);
  const auto& digital = hardware.digital;
  if (digital.weight_bits >= 16) return "w16-digital" + noise_part(d);
  return fmt::format("{}{}-w{}{}", d.digital_inputs.value_or(digital.input_range) == dynamic_range ? "di" : "si",
                     digital.input_bits, digital.weight_bits, noise_part(d));
}

// What the parts before leave open: effects that are off although their part of the name stands there, or the few that
// act.
std::string effects_part(const DeploymentSpec& d, const HardwareSpec& hardware) {
  if (d.effects == tiles::Effects::all()) return "";
  const bool input = acts(d, {Effect::input_rounding, Effect::input_clipping});
  const bool output = acts(d, {Effect::output_rounding, Effect::output_clipping});
  const auto told = [&](Effect effect) {  // by a part that is missing
    if (effect == Effect::input_rounding || effect == Effect::input_clipping) return !input;
    if (effect == Effect::output_rounding || effect == Effect::output_clipping) return !output;
    const bool of_cells = effect == Effect::programming_noise || effect == Effect::read_noise ||
                          effect == Effect::drift || effect == Effect::faults;
    return of_cells && !cells_act(d);
  };
  std::vector<std::string_view> on, off;
  for (const Effect effect : present_effects(d, hardware)) {
    if (d.effects.has(effect)) {
      on.push_back(tiles::name(effect));
    } else if (!told(effect)) {
      off.push_back(tiles::name(effect));
    }
  }
  if (off.empty()) return "";
  if (on.empty()) return "-without_any";
  return on.size() <= off.size() ? fmt::format("-only_{}", fmt::join(on, "+"))
                                 : fmt::format("-without_{}", fmt::join(off, "+"));
}

// "@storyteller-afm": the checkpoint's directory. Ranges are told where the file chooses them.
std::string checkpoint_part(const DeploymentSpec& d) {
  std::string text;
  if (d.ranges) text = *d.ranges == RangeSource::checkpoint ? "-learned_ranges" : "-calibrated_ranges";
  if (d.checkpoint.empty()) return text;
  const bool ends_in_slash = !d.checkpoint.has_filename();
  return text + "@" + cell((ends_in_slash ? d.checkpoint.parent_path() : d.checkpoint).filename().string());
}

const char* short_name(LinearUnit unit) {
  return unit == LinearUnit::floating_point ? "float" : unit == LinearUnit::digital ? "digital" : "analog";
}

}  // namespace

std::vector<std::string> deployment_aliases() {
  std::vector<std::string> names;
  for (const auto& alias : aliases) names.emplace_back(alias.name);
  return names;
}

std::optional<std::string> apply_alias(DeploymentSpec& deployment, const HardwareSpec& hardware) {
  for (const auto& alias : aliases) {
    if (deployment.alias != alias.name) continue;
    deployment.linears = alias.unit;
    deployment.noise = alias.noise;
    deployment.digital_inputs = alias.range;
    return check_bits(alias, hardware);
  }
  return fmt::format("'{}' is not a deployment name; known: {}, or a mapping with 'linears'", deployment.alias,
                     fmt::join(deployment_aliases(), ", "));
}

std::string deployment_name(const DeploymentSpec& deployment, const HardwareSpec& hardware) {
  if (!deployment.label.empty()) return deployment.label;
  std::string name = main_part(deployment, hardware);
  for (const auto& rule : deployment.units) name += fmt::format("+{}-{}", rule.match, short_name(rule.unit));
  name += effects_part(deployment, hardware);
  if (deployment.arithmetic == tiles::CrossbarArithmetic::off_grid) name += "-off_grid";
  return name + checkpoint_part(deployment);
}

LinearUnit unit_of(const DeploymentSpec& deployment, const std::string& linear_name) {
  LinearUnit unit = deployment.linears;
  for (const auto& rule : deployment.units)
    if (rule.match == "*" || linear_name.find(rule.match) != std::string::npos) unit = rule.unit;
  return unit;
}

}  // namespace aimc::sim
