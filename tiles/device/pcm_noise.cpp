#include "tiles/device/pcm_noise.h"

#include <cmath>

#include "base/check/check.h"
#include "base/parallel/vector_clones.h"

namespace aimc::tiles {
namespace {

// The published fit, from apply_noise_model.py of IBM/analog-foundation-models (kind: published). Counts are the
// coordinate of the fit and have no unit.
constexpr float full_scale = 180.0F;
constexpr float one_device_limit = 52.5F;
constexpr float dead_zone = 0.6F;
constexpr float smallest_half = 0x1p-14F;  // added to the maximum, as in the source
struct Cubic {
  float c3, c2, c1, c0;
  [[nodiscard]] constexpr float at(float g) const { return ((c3 * g + c2) * g + c1) * g + c0; }
};
constexpr Cubic one_device{2.939751381126213e-05F, -0.00371581208142707F, 0.22419685954327148F, 2.5797410660159494F};
constexpr Cubic two_devices{1.2329755395573392e-05F, -0.003054993405157235F, 0.2453487119885723F, 2.110295720240385F};

[[gnu::always_inline]] inline float sigma_of(float magnitude) {
  const float one = one_device.at(magnitude), two = two_devices.at(magnitude);
  return magnitude > one_device_limit ? two : one;
}

/// cells holds one normal per weight and becomes the programmed weights. A weight sits in one device or in two, never
/// in both ways, so one normal per weight is the source's two independent draws.
AIMC_VECTOR_CLONES void program_channel(const float* target, float scale, float* cells, std::size_t count) {
  const float back = 1.0F / (full_scale * scale);
  for (std::size_t i = 0; i < count; ++i) {
    const float g = target[i] * scale * full_scale;
    const float magnitude = std::fabs(g);
    const float noisy = (g + sigma_of(magnitude) * cells[i]) * back;
    cells[i] = magnitude < dead_zone ? 0.0F : noisy;
  }
}

}  // namespace

float PcmNoise::sigma(float g) { return sigma_of(std::fabs(g)); }

void PcmNoise::hold(std::span<const float> target, const CellRequest& request, std::span<float> held) const {
  AIMC_CHECK(held.size() == target.size(), "{} weights into {} cells", target.size(), held.size());
  fill_normal(request.key.child("programming"), request.first, held.data(), static_cast<std::int64_t>(held.size()));
  program_channel(target.data(), 1.0F / (request.maximum + smallest_half), held.data(), held.size());
}

}  // namespace aimc::tiles
