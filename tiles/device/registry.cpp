#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/check/error.h"
#include "tiles/device/additive_noise.h"
#include "tiles/device/device.h"
#include "tiles/device/none_noise.h"
#include "tiles/device/pcm_noise.h"

namespace aimc::tiles {
namespace {

struct Entry {
  const char* name;
  std::shared_ptr<const Device> (*make)(const DeviceOptions&);
};
// To add a model: write its file, add its line.
constexpr std::array<Entry, 3> registry{{
    {"none", [](const DeviceOptions&) -> std::shared_ptr<const Device> { return std::make_shared<NoNoise>(); }},
    {"pcm", [](const DeviceOptions&) -> std::shared_ptr<const Device> { return std::make_shared<PcmNoise>(); }},
    {"additive",
     [](const DeviceOptions& options) -> std::shared_ptr<const Device> {
       if (!(options.additive_sigma >= 0 && options.additive_sigma <= 10))
         throw ConfigError(
             fmt::format("additive noise of sigma {} times the channel maximum; choose a value from 0 to 10",
                         options.additive_sigma));
       return std::make_shared<AdditiveNoise>(options.additive_sigma);
     }},
}};

}  // namespace

std::vector<std::string> device_models() {
  std::vector<std::string> names;
  names.reserve(registry.size());
  for (const Entry& entry : registry) names.emplace_back(entry.name);
  return names;
}

std::shared_ptr<const Device> make_device(const DeviceOptions& options) {
  for (const Entry& entry : registry)
    if (options.model == entry.name) return entry.make(options);
  throw ConfigError(
      fmt::format("unknown device model '{}'; choose one of: {}", options.model, fmt::join(device_models(), ", ")));
}

}  // namespace aimc::tiles
