#include "sim/experiment/deployment_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aimc::sim {
namespace {

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
constexpr std::array<Alias, 5> aliases{{
    {"w16", LinearUnit::floating_point, "none", static_range, 0, 0, 0},
    {"w16-hwnoise", LinearUnit::floating_point, "pcm", static_range, 0, 0, 0},
    {"si8-w16-hwnoise-o8", LinearUnit::analog, "pcm", static_range, 8, 0, 8},
    {"si8-w4", LinearUnit::digital, "none", static_range, 8, 4, 0},
    {"di8-w4", LinearUnit::digital, "none", dynamic_range, 8, 4, 0},
}};

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
  if (auto m = mismatch(alias, "weight", "hardware.digital.weight_bits", alias.weight_bits, digital.weight_bits))
    return m;
  if (auto m = mismatch(alias, "output", "hardware.tile.adc.bits", alias.output_bits, hardware.tile.adc.bits)) return m;
  if (analog && hardware.tile.input.range != alias.range)
    return fmt::format("'{}' means static input ranges but hardware.tile.input.range is dynamic", alias.name);
  return std::nullopt;
}

std::string noise_part(const DeploymentSpec& d) {
  if (d.noise == "none") return "";
  return d.noise == "pcm" ? "-hwnoise" : fmt::format("-{}{}", d.noise, d.additive_sigma);
}

std::string main_part(const DeploymentSpec& d, const HardwareSpec& hardware) {
  const std::string noise = noise_part(d);
  if (d.linears == LinearUnit::floating_point) return "w16" + noise;
  if (d.linears == LinearUnit::digital) {
    const auto& digital = hardware.digital;
    if (digital.weight_bits >= 16) return "w16-digital";
    return fmt::format("{}{}-w{}", d.digital_inputs.value_or(digital.input_range) == dynamic_range ? "di" : "si",
                       digital.input_bits, digital.weight_bits);
  }
  const auto& tile = hardware.tile;
  return fmt::format("{}{}-w16{}-o{}", tile.input.range == dynamic_range ? "di" : "si", tile.input.bits, noise,
                     tile.adc.bits);
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
  for (const auto& rule : deployment.units) {
    name += fmt::format("+{}-{}", rule.match, short_name(rule.unit));
    // Digital linears hold no noise, so the main part does not say it: the exception must.
    if (deployment.linears == LinearUnit::digital && rule.unit != LinearUnit::digital) name += noise_part(deployment);
  }
  return name;
}

LinearUnit unit_of(const DeploymentSpec& deployment, const std::string& linear_name) {
  LinearUnit unit = deployment.linears;
  for (const auto& rule : deployment.units)
    if (rule.match == "*" || linear_name.find(rule.match) != std::string::npos) unit = rule.unit;
  return unit;
}

}  // namespace aimc::sim
