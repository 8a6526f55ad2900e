#pragma once
#include "base/config/schema.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Keys of the section `tile.periphery` of a hardware file: non-ideal circuits around the array, all off by default.
const config::Schema<PeripherySpec>& periphery_schema();
/// Keys of the section `tile.slicing`: weights in several cells, inputs in several passes; off by default.
const config::Schema<SlicingSpec>& slicing_schema();
/// What must hold between these sections and the rest of a tile; error(key, message) is called for each fault.
void check_periphery(const TileSpec& tile, const std::function<void(const char* key, const std::string& text)>& error);

}  // namespace aimc::tiles
