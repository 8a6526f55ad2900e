#pragma once
#include <string_view>

#include "base/random/stream.h"
#include "tiles/device/curve.h"

namespace aimc::tiles {

/// Some cells of one plane while the hooks act on them, in the unit of the device.
struct CellBlock {
  explicit CellBlock(const RandomKey& row_tile) : key(row_tile) {}  // the arrays stay as they are: hold is hot
  RandomKey key;                                                    ///< of the row tile
  int plane = 0;                                                    ///< of the converter's planes
  bool one_plane = true;                                            ///< whether there is no other
  std::uint64_t first = 0;                                          ///< number of the first cell in the row tile
  std::int64_t count = 0;                                           ///< <= cells_per_block
  bool levels = false;                                              ///< CellCoding::one_cell: nothing is negative
  double seconds = 0;                                               ///< after programming
  double full_scale = 0;                                            ///< largest conductance
  float target[cells_per_block];
  float programmed[cells_per_block];  ///< after the hook programming
  float held[cells_per_block];        ///< now

  /// The key of a hook's random numbers: its own for each plane where there are several.
  [[nodiscard]] RandomKey stream(std::string_view hook) const {
    const RandomKey own = key.child(hook);
    return one_plane ? own : own.child(static_cast<std::uint64_t>(plane));
  }
};

/// What conductances are clipped to: nothing, at least zero, or the window.
struct Bounds {
  float lowest = -3e38F, highest = 3e38F;
  static Bounds of(Limits limits, const ConverterSpec& converter) {
    if (limits == Limits::zero) return {.lowest = 0};
    if (limits == Limits::window)
      return {.lowest = static_cast<float>(converter.g_min), .highest = static_cast<float>(converter.g_max)};
    return {};
  }
};

}  // namespace aimc::tiles
