#include "sim/functional/deploy.h"

#include <algorithm>

#include "sim/functional/build_linear.h"
#include "sim/functional/linear_store.h"

namespace aimc::sim {

bool is_ideal(const tiles::DeviceOptions& options) {
  return options.model == "none" && options.stuck_low == 0 && options.stuck_high == 0;
}

std::shared_ptr<const tiles::Device> device_of(const tiles::DeviceOptions& options, tiles::Effects effects) {
  if (is_ideal(options)) return nullptr;
  tiles::DeviceOptions acting = options;
  acting.effects = effects;
  return tiles::make_device(acting);
}

bool is_random(const Program& program, const DeploymentNumerics& numerics) {
  const auto device = device_of(numerics.device, numerics.effects);
  return std::ranges::any_of(program.linears, [&](const auto& placement) {
    return is_random(placement, program.hardware.tile, device.get(), numerics);
  });
}

LinearSet build_linears(const Program& program, const workloads::WeightSource& weights,
                        const DeploymentNumerics& numerics, const InputRanges& ranges, std::uint64_t seed) {
  return LinearStore(weights).build(program, numerics, ranges, seed);
}

LinearSet build_float_linears(const Program& program, const workloads::WeightSource& weights) {
  return LinearStore(weights).build_float(program);
}

}  // namespace aimc::sim
