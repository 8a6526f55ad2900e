#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random/stream.h"

namespace aimc::tiles {

/// How programming a target weight into a cell goes wrong. Works in the channel's own scale: weights of one channel of
/// one row tile, divided by nothing; the model normalises as its source does.
class ProgrammingNoise {
 public:
  virtual ~ProgrammingNoise() = default;
  /// programmed[i] for target[i], one channel of one row tile, with normal number first + i of the key's stream.
  /// maximum is the channel's max |target|.
  virtual void program(std::span<const float> target, float maximum, const RandomKey& key, std::uint64_t first,
                       std::span<float> programmed) const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// Options of the noise models of an experiment's `noise` section.
struct NoiseOptions {
  std::string model = "pcm";     ///< a name of noise_models()
  double additive_sigma = 0.05;  ///< model additive: sigma as a share of the channel maximum (numerics B.2)
};

/// The registry: "none", "pcm" (numerics B.1), "additive" (B.2).
[[nodiscard]] std::vector<std::string> noise_models();
/// Throws ConfigError for an unknown name.
[[nodiscard]] std::unique_ptr<ProgrammingNoise> make_programming_noise(const NoiseOptions& options);

}  // namespace aimc::tiles
