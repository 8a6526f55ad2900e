#include "tiles/device/hooks.h"

namespace aimc::tiles {

FaultHook::FaultHook(const FaultsSpec& shares, const ConverterSpec& converter)
    : shares_(shares), g_min_(converter.g_min), signed_(converter.kind == ConverterKind::signed_cell) {}

void FaultHook::apply(CellBlock& block) const {
  const RandomKey key = block.stream("faults");
  const auto high = static_cast<float>(block.full_scale), low = signed_ ? 0.0F : static_cast<float>(g_min_);
  double drawn[cells_per_block];
  fill_uniform(key, block.first, drawn, block.count);
  for (std::int64_t i = 0; i < block.count; ++i) {
    const double above_low = drawn[i] - shares_.stuck_low;
    if (above_low < 0) {
      block.held[i] = low;
    } else if (above_low < shares_.stuck_high) {
      block.held[i] = signed_ && !block.levels && above_low < shares_.stuck_high / 2 ? -high : high;
    }
  }
}

}  // namespace aimc::tiles
