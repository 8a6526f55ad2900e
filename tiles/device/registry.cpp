#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/check/error.h"
#include "tiles/device/additive_noise.h"
#include "tiles/device/none_noise.h"
#include "tiles/device/pcm_noise.h"
#include "tiles/device/weight_noise.h"

namespace aimc::tiles {
namespace {

struct Entry {
  const char* name;
  std::unique_ptr<ProgrammingNoise> (*make)(const NoiseOptions&);
};
// To add a model: write its file, add its line.
constexpr std::array<Entry, 3> registry{{
    {"none", [](const NoiseOptions&) -> std::unique_ptr<ProgrammingNoise> { return std::make_unique<NoNoise>(); }},
    {"pcm", [](const NoiseOptions&) -> std::unique_ptr<ProgrammingNoise> { return std::make_unique<PcmNoise>(); }},
    {"additive",
     [](const NoiseOptions& options) -> std::unique_ptr<ProgrammingNoise> {
       if (!(options.additive_sigma >= 0 && options.additive_sigma <= 10))
         throw ConfigError(
             fmt::format("additive noise of sigma {} times the channel maximum; choose a value from 0 to 10",
                         options.additive_sigma));
       return std::make_unique<AdditiveNoise>(options.additive_sigma);
     }},
}};

}  // namespace

std::vector<std::string> noise_models() {
  std::vector<std::string> names;
  names.reserve(registry.size());
  for (const Entry& entry : registry) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<ProgrammingNoise> make_programming_noise(const NoiseOptions& options) {
  for (const Entry& entry : registry)
    if (options.model == entry.name) return entry.make(options);
  throw ConfigError(
      fmt::format("unknown noise model '{}'; choose one of: {}", options.model, fmt::join(noise_models(), ", ")));
}

}  // namespace aimc::tiles
