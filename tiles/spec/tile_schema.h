#pragma once
#include "base/config/schema.h"
#include "tiles/spec/tile_spec.h"

namespace aimc::tiles {

/// Keys of the section `tile` of a hardware file.
const config::Schema<TileSpec>& tile_schema();

}  // namespace aimc::tiles
